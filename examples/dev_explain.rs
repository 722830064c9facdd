fn main(){
  let dict=tonghop::dictionary::Dictionary::load(&tonghop::dictionary::templates::Templates::built_in()).unwrap();
  let a:Vec<String>=std::env::args().collect();
  let text=format!("BÁO CÁO\nKết quả công tác {}\n\nI. KẾT QUẢ THỰC HIỆN\n\n{}\n\n{}\n",a[1],a[2],a[3]);
  let r=tonghop::pipeline::read_report("x.txt",text.as_bytes(),&Default::default(),&dict).unwrap();
  for o in &r.extraction.observations { println!("{} [{}] {} {} {:?} conf {} | {} | {}",o.indicator,o.breakdown,o.measure,o.value,o.period.map(|p|p.to_string()),o.confidence,o.stated,o.rule); }
  for l in &r.extraction.ledger { println!("   {} {} {}",l.text,l.class,l.reason); }
  if std::env::var("HITS").is_ok(){ for (bi,sc) in r.extraction.scans.iter().enumerate(){ for h in &sc.hits { if matches!(h.tag,tonghop::dictionary::Tag::Term(_)){continue} let t=&r.document.blocks[bi].tokens[h.first as usize..=h.last as usize]; println!("{bi} {}..{} {:?} {}",h.first,h.last,h.tag,r.document.written(t)); } } }
  for b in &r.document.blocks { println!("BLOCK {:?} {:?} sec {} anchor {:?} :: {}",b.kind,b.part,b.section,b.anchor,r.document.written(&b.tokens)); }
  for (i,t) in r.document.tables.iter().enumerate(){ println!("TABLE {i} cols {}",t.columns); for row in &t.rows{ println!("  {:?}",row.iter().map(|c|(c.columns,r.document.written(&c.tokens))).collect::<Vec<_>>()); } }
}
