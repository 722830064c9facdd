fn main() {
    let dict = tonghop::dictionary::Dictionary::load(&tonghop::dictionary::templates::Templates::built_in()).unwrap();
    let a: Vec<String> = std::env::args().collect();
    let text = if a.len() == 2 {
        std::fs::read_to_string(&a[1]).unwrap()
    } else {
        format!("BÁO CÁO\nKết quả công tác {}\n\nI. KẾT QUẢ THỰC HIỆN\n\n{}\n\n{}\n", a[1], a[2], a[3])
    };
    let r = tonghop::pipeline::read_report("x.txt", text.as_bytes(), &Default::default(), &dict).unwrap();
    println!("{:?}", r.facts);
    for (o, d) in r.extraction.observations.iter().zip(&r.extraction.drafts) {
        println!(
            "{} [{}] {} {} {:?} conf {} | {} | {} | {:?}",
            o.indicator,
            o.breakdown,
            o.measure,
            o.value,
            o.period.map(|p| p.to_string()),
            o.confidence,
            o.stated,
            o.rule,
            d.candidates.iter().map(|c| (dict.indicator(c.0).unwrap().id.clone(), c.1)).collect::<Vec<_>>()
        );
    }
    for l in &r.extraction.ledger {
        println!("   {} {} {}", l.text, l.class, l.reason);
    }
    if std::env::var("HITS").is_ok() {
        for (bi, sc) in r.extraction.scans.iter().enumerate() {
            for h in &sc.hits {
                if matches!(h.tag, tonghop::dictionary::Tag::Term(_)) {
                    continue;
                }
                let t = &r.document.blocks[bi].tokens[h.first as usize..=h.last as usize];
                println!("{bi} {}..{} {:?} {}", h.first, h.last, h.tag, r.document.written(t));
            }
        }
    }
    for b in &r.document.blocks {
        println!(
            "BLOCK {:?} {:?} sec {} anchor {:?} :: {}",
            b.kind,
            b.part,
            b.section,
            b.anchor,
            r.document.written(&b.tokens)
        );
    }
}
