use std::fs;
use std::path::PathBuf;
fn main() {
    let t = std::time::Instant::now();
    let dict = match tonghop::dictionary::Dictionary::load(&tonghop::dictionary::templates::Templates::built_in()) {
        Ok(d) => d,
        Err(e) => {
            eprintln!("{e}");
            std::process::exit(2)
        }
    };
    eprintln!("load {:?} wordings {}", t.elapsed(), dict.wordings.len());
    let args: Vec<String> = std::env::args().collect();
    let (dir, out) = (&args[1], &args[2]);
    fs::create_dir_all(out).unwrap();
    let mut files: Vec<PathBuf> = fs::read_dir(dir)
        .unwrap()
        .map(|e| e.unwrap().path())
        .filter(|p| p.extension().is_some_and(|e| e == "txt"))
        .collect();
    files.sort();
    let (mut obs, mut led) = (vec![], vec![]);
    let t = std::time::Instant::now();
    for f in files {
        let b = fs::read(&f).unwrap();
        let name = f.file_name().unwrap().to_str().unwrap();
        match tonghop::pipeline::read_report(name, &b, &Default::default(), &dict) {
            Ok(r) => {
                eprintln!(
                    "{name}: {:?} {} {:?} {} date {} no {} rows {}",
                    r.facts.province,
                    r.facts.province_sign,
                    r.facts.period.map(|p| p.to_string()),
                    r.facts.period_sign,
                    r.facts.date,
                    r.facts.number,
                    r.extraction.observations.len()
                );
                obs.extend(r.extraction.observations);
                led.extend(r.extraction.ledger);
            }
            Err(e) => eprintln!("{name}: {e}"),
        }
    }
    eprintln!("read {:?}", t.elapsed());
    tonghop::table::write_observations_csv(fs::File::create(format!("{out}/observations.csv")).unwrap(), &obs).unwrap();
    tonghop::table::write_ledger_csv(fs::File::create(format!("{out}/ledger.csv")).unwrap(), &led).unwrap();
}
