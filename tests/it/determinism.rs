//! Same input, same bytes: whatever the number of threads, the order of the files, the folder, the locale.

use std::fs;

use crate::support::{Office, example_reports};

#[test]
fn threads_order_and_folder_do_not_show() {
    let office = Office::with_examples();
    let quiet = ["--quiet", "--lang", "vi"];
    let run = |args: &[&str]| {
        let ended = office.tonghop(&[&["run"], args, &quiet].concat());
        assert!(ended.status <= 1, "{ended:#?}");
    };
    run(&["reports", "--out", "one", "--jobs", "1"]);
    run(&["reports", "--out", "two", "--jobs", "2"]);
    // The files one by one, the last first, from a folder that they were written to in another order.
    let mut names: Vec<String> = example_reports().into_iter().map(|(name, _)| format!("other/place/{name}")).collect();
    for (name, text) in example_reports().iter().rev() {
        office.write(&format!("other/place/{name}"), text);
    }
    names.reverse();
    let mut args: Vec<&str> = names.iter().map(String::as_str).collect();
    args.extend(["--out", "three"]);
    run(&args);
    let one = office.files("one");
    assert!(one.len() > 10, "{:?}", one.keys());
    for out in ["two", "three"] {
        let other = office.files(out);
        assert_eq!(one.keys().collect::<Vec<_>>(), other.keys().collect::<Vec<_>>(), "{out}");
        for (name, bytes) in &one {
            assert!(other[name] == *bytes, "{out}/{name} differs");
        }
    }
}

#[test]
fn nothing_is_left_beside_the_outputs() {
    let office = Office::with_examples();
    fs::create_dir_all(office.path("out/.tonghop-old")).unwrap();
    office.tonghop(&["run", "reports", "--out", "out", "--quiet"]);
    let hidden: Vec<String> = fs::read_dir(office.path("out"))
        .unwrap()
        .map(|entry| entry.unwrap().file_name().to_string_lossy().into_owned())
        .filter(|name| name.starts_with('.'))
        .collect();
    assert_eq!(hidden, [] as [String; 0]);
}
