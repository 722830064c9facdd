//! A folder of reports, the program run over it, and what it wrote.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::sync::LazyLock;

use assert_cmd::Command;
use tempfile::TempDir;
use tonghop::dictionary::Dictionary;
use tonghop::dictionary::templates::Templates;

/// The built-in dictionary, loaded once for all tests.
pub(crate) static DICTIONARY: LazyLock<Dictionary> =
    LazyLock::new(|| Dictionary::load(&Templates::built_in()).unwrap_or_else(|faults| panic!("{faults}")));

/// A folder for one test.
pub(crate) struct Office {
    folder: TempDir,
}

/// How the program ended.
#[derive(Debug)]
pub(crate) struct Ended {
    pub(crate) status: i32,
    pub(crate) out: String,
    pub(crate) err: String,
}

impl Ended {
    /// Checks the exit status, and that each text stands in what was printed.
    #[track_caller]
    pub(crate) fn expect(&self, status: i32, texts: &[&str]) -> &Self {
        assert_eq!(self.status, status, "{self:#?}");
        for text in texts {
            assert!(self.out.contains(text) || self.err.contains(text), "«{text}» is not in {self:#?}");
        }
        self
    }
}

impl Office {
    pub(crate) fn new() -> Self {
        Self { folder: tempfile::tempdir().unwrap() }
    }

    /// One with the example reports in `reports/`.
    pub(crate) fn with_examples() -> Self {
        let office = Self::new();
        for (name, text) in example_reports() {
            office.write(&format!("reports/{name}"), &text);
        }
        office
    }

    pub(crate) fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    pub(crate) fn write(&self, name: &str, content: impl AsRef<[u8]>) {
        let path = self.path(name);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, content).unwrap();
    }

    pub(crate) fn read(&self, name: &str) -> String {
        fs::read_to_string(self.path(name)).unwrap_or_else(|error| panic!("{name}: {error}"))
    }

    /// Runs the program in the folder.
    pub(crate) fn tonghop(&self, args: &[&str]) -> Ended {
        self.tonghop_in(&[("LANG", "vi_VN.UTF-8")], args)
    }

    pub(crate) fn tonghop_in(&self, environment: &[(&str, &str)], args: &[&str]) -> Ended {
        let mut command = Command::cargo_bin("tonghop").unwrap();
        for name in ["LC_ALL", "LC_MESSAGES", "LANG"] {
            command.env_remove(name);
        }
        command.envs(environment.iter().copied()).current_dir(self.folder.path()).args(args);
        let output = command.output().unwrap();
        Ended {
            status: output.status.code().unwrap_or(-1),
            out: String::from_utf8(output.stdout).unwrap(),
            err: String::from_utf8(output.stderr).unwrap(),
        }
    }

    /// The rows of a CSV file as maps from column to cell.
    pub(crate) fn table(&self, name: &str) -> Vec<BTreeMap<String, String>> {
        let text = self.read(name);
        csv::Reader::from_reader(text.as_bytes()).deserialize().map(Result::unwrap).collect()
    }

    /// The findings of `out/` as `check file`.
    pub(crate) fn findings(&self) -> Vec<String> {
        self.table("out/findings.csv").iter().map(|f| format!("{} {}", f["check"], f["file"])).collect()
    }

    /// All files below a folder, with their bytes.
    pub(crate) fn files(&self, name: &str) -> BTreeMap<String, Vec<u8>> {
        let mut files = BTreeMap::new();
        gather(&self.path(name), "", &mut files);
        files
    }
}

fn gather(folder: &Path, prefix: &str, files: &mut BTreeMap<String, Vec<u8>>) {
    let Ok(entries) = fs::read_dir(folder) else { return };
    for entry in entries {
        let path = entry.unwrap().path();
        let name = format!("{prefix}{}", path.file_name().unwrap().to_string_lossy());
        if path.is_dir() {
            gather(&path, &format!("{name}/"), files);
        } else {
            files.insert(name, fs::read(&path).unwrap());
        }
    }
}

/// The text of a built-in template file.
pub(crate) fn template(name: &str) -> String {
    fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join("templates").join(name)).unwrap()
}

/// The reports of `examples/reports`, by name.
pub(crate) fn example_reports() -> Vec<(String, String)> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("examples/reports");
    let mut reports: Vec<(String, String)> = fs::read_dir(folder)
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .filter(|path| path.extension().is_some_and(|e| e == "txt"))
        .map(|path| (path.file_name().unwrap().to_string_lossy().into_owned(), fs::read_to_string(&path).unwrap()))
        .collect();
    reports.sort();
    reports
}

/// A short report in the form of all.
pub(crate) fn report(province: &str, date: &str, title: &str, body: &str) -> String {
    format!(
        "UBND TỈNH {}\nSỞ LAO ĐỘNG - THƯƠNG BINH VÀ XÃ HỘI\n\nSố: 45/BC-SLĐTBXH\n\n{province}, {date}\n\nBÁO CÁO\n{title}\n\n\
         I. KẾT QUẢ THỰC HIỆN\n\n1. Lao động, việc làm\n\n{body}\n",
        province.to_uppercase()
    )
}

/// The body of a report with one value.
pub(crate) fn jobs(count: u32) -> String {
    format!("Trong kỳ, toàn tỉnh giải quyết việc làm cho {count} lao động.")
}

/// A report of Nam Định for the second quarter of 2024 with one value.
pub(crate) fn nam_dinh(count: u32) -> String {
    report("Nam Định", "ngày 20 tháng 6 năm 2024", "Kết quả công tác quý II năm 2024", &jobs(count))
}
