//! Template files → one compiled dictionary: a single automaton over all phrases, and what each stands for.

use std::collections::BTreeMap;
use std::str::FromStr;

use regex::Regex;
use rust_decimal::Decimal;
use rustc_hash::FxHashMap;
use toml::Spanned;

use super::abbreviation::Abbreviations;
use super::geography::Geography;
use super::marker::{Marker, PeriodWord};
use super::model::{
    Call, Category, Dictionary, Dimension, Exclusion, IndicatorRules, Part, Scale, Shape, Tag, TermId, UnitClass,
    UnitWord, Wording,
};
use super::phrase::{Macros, NodeId, PatternFault, PatternReader, TrieBuilder};
use super::register::{Register, Unit};
use super::schema::{
    BreakdownsFile, CategoryRow, ExclusionsFile, IndicatorRow, MarkersFile, SectionsFile, SpellingFile, UnitsFile,
    WordingFile, read_toml,
};
use super::templates::{TemplateErrors, TemplateFault, Templates};
use super::wording::{Piece, Role, pieces};
use crate::text::Vocabulary;

/// Room made at once for the words of phrases; more is made where it is needed.
const EXPECTED_NODES: usize = 1 << 17;

impl Dictionary {
    /// Reads, checks and compiles all template files that bear on reading reports.
    ///
    /// # Errors
    /// Every fault found, with file and line.
    pub fn load(templates: &Templates) -> Result<Self, TemplateErrors> {
        let register = Register::load(templates)?;
        let geography = Geography::load(templates)?;
        let mut vocabulary = Vocabulary::default();
        let (spelling, _) = read_toml::<SpellingFile>(templates, "spelling.toml")?;
        for (variant, word) in &spelling.same {
            vocabulary.alias(variant, word);
        }
        let mut abbreviations = Abbreviations::default();
        for (short, senses) in &spelling.abbreviations {
            abbreviations.add(short, senses, &mut vocabulary);
        }
        let mut phrases = TrieBuilder::new(&mut vocabulary);
        phrases.reserve(EXPECTED_NODES);
        let mut compiler = Compiler {
            dictionary: Dictionary {
                rules: register.indicators().iter().map(|_| IndicatorRules::default()).collect(),
                register,
                geography,
                vocabulary,
                abbreviations,
                ..Dictionary::empty()
            },
            phrases,
            patterns: PatternReader::default(),
            terms: FxHashMap::default(),
            written_terms: FxHashMap::default(),
            faults: Vec::new(),
            file: String::new(),
            line_starts: Vec::new(),
        };
        let steps: [Step; 5] =
            [Compiler::units, Compiler::markers, Compiler::breakdowns, Compiler::sections, Compiler::exclusions];
        // The wordings of indicators are most of the text: they are parsed while the other files are compiled.
        let (wordings, report_rules) = std::thread::scope(|scope| {
            let parsed = scope.spawn(|| (wording_files(templates), super::ReportRules::load(templates)));
            for step in steps {
                if let Err(TemplateErrors(faults)) = step(&mut compiler, templates) {
                    compiler.faults.extend(faults);
                }
            }
            parsed.join().unwrap_or_else(|panic| std::panic::resume_unwind(panic))
        });
        compiler.wordings(wordings);
        match read_toml(templates, "confidence.toml") {
            Ok((confidence, _)) => compiler.dictionary.confidence = confidence,
            Err(TemplateErrors(faults)) => compiler.faults.extend(faults),
        }
        match report_rules {
            Ok(rules) => compiler.dictionary.report_rules = rules,
            Err(TemplateErrors(faults)) => compiler.faults.extend(faults),
        }
        compiler.provinces();
        compiler.index();
        if !compiler.faults.is_empty() {
            return Err(TemplateErrors(compiler.faults));
        }
        compiler.dictionary.trie = compiler.phrases.finish();
        Ok(compiler.dictionary)
    }
}

/// A template file's name, and what it holds with its text.
type Parsed<T> = (String, Result<(T, String), TemplateErrors>);

/// The files of wordings, in the order of their names.
fn wording_files(templates: &Templates) -> Vec<Parsed<WordingFile>> {
    let names = templates.names("dictionary/");
    names.into_iter().map(|name| (name.clone(), read_toml(templates, &name))).collect()
}

/// Reads one kind of template file.
type Step = fn(&mut Compiler, &Templates) -> Result<(), TemplateErrors>;

struct Compiler {
    dictionary: Dictionary,
    phrases: TrieBuilder<Tag>,
    patterns: PatternReader,
    /// Terms by the nodes where their phrases end.
    terms: FxHashMap<Vec<NodeId>, TermId>,
    /// Terms of the file at work, as written.
    written_terms: FxHashMap<String, TermId>,
    faults: Vec<TemplateFault>,
    file: String,
    /// Where the lines of that file begin.
    line_starts: Vec<usize>,
}

impl Compiler {
    fn open<T: serde::de::DeserializeOwned>(&mut self, templates: &Templates, file: &str) -> Result<T, TemplateErrors> {
        let (value, text) = read_toml(templates, file)?;
        self.at_file(file, &text);
        Ok(value)
    }

    /// Faults and lines are those of this file from here on.
    fn at_file(&mut self, file: &str, text: &str) {
        file.clone_into(&mut self.file);
        self.line_starts.clear();
        self.line_starts.push(0);
        self.line_starts.extend(text.bytes().enumerate().filter(|(_, b)| *b == b'\n').map(|(at, _)| at + 1));
        self.patterns.next_file();
        self.written_terms.clear();
    }

    /// The 1-based line of a byte offset in the file at work.
    fn line(&self, offset: usize) -> usize {
        self.line_starts.partition_point(|start| *start <= offset)
    }

    fn fault(&mut self, offset: usize, message: String) {
        let line = self.line(offset);
        self.faults.push(TemplateFault { file: self.file.clone(), line, message });
    }

    fn pattern_fault(&mut self, pattern: &Spanned<String>, fault: &PatternFault) {
        let message = format!("«{}», column {}: {}", pattern.get_ref(), fault.column, fault.message);
        self.fault(pattern.span().start, message);
    }

    fn add(&mut self, pattern: &Spanned<String>, macros: &Macros, tag: Tag) {
        match self.patterns.read(pattern.get_ref(), macros) {
            Ok(read) => {
                for node in self.phrases.insert(&read, &mut self.patterns, &mut self.dictionary.vocabulary) {
                    self.phrases.put(node, tag);
                }
            }
            Err(fault) => self.pattern_fault(pattern, &fault),
        }
    }

    fn add_phrases(&mut self, phrases: &[Vec<String>], tag: Tag) {
        for phrase in phrases {
            self.phrases.add(phrase, tag, &mut self.dictionary.vocabulary);
        }
    }

    fn add_all(&mut self, patterns: &[Spanned<String>], tag: Tag) {
        for pattern in patterns {
            self.add(pattern, &Macros::default(), tag);
        }
    }

    fn units(&mut self, templates: &Templates) -> Result<(), TemplateErrors> {
        let file: UnitsFile = self.open(templates, "units.toml")?;
        for row in &file.unit {
            let Some(class) = UnitClass::from_key(row.class.get_ref()) else {
                let message = format!("`{}`: unknown class; valid: {}", row.class.get_ref(), UnitClass::keys());
                self.fault(row.class.span().start, message);
                continue;
            };
            let factor = row.factor.as_deref().map_or(Ok(Decimal::ONE), Decimal::from_str);
            let Ok(factor) = factor else {
                self.fault(row.class.span().start, "`factor` is not a number".to_owned());
                continue;
            };
            let id = u16::try_from(self.dictionary.units.len()).unwrap_or(u16::MAX);
            self.dictionary.units.push(UnitWord { class, factor, general: row.general });
            self.add_all(&row.words, Tag::Unit(id));
        }
        for row in &file.scale {
            let Ok(factor) = Decimal::from_str(row.factor.get_ref()) else {
                self.fault(row.factor.span().start, "`factor` is not a number".to_owned());
                continue;
            };
            let id = u8::try_from(self.dictionary.scales.len()).unwrap_or(u8::MAX);
            self.dictionary.scales.push(Scale { factor, money: row.money });
            self.add_all(&row.words, Tag::Scale(id));
        }
        for (word, value) in &file.number_words {
            self.add_phrases(&[vec![word.clone()]], Tag::NumberWord(*value));
        }
        for noun in &file.number_word_nouns {
            let words: Vec<String> = noun.split(' ').map(str::to_owned).collect();
            self.add_phrases(&[words], Tag::NumberNoun);
        }
        for (unit, classes) in &file.accepts {
            let Some(unit) = UnitClass::from_key(unit) else {
                self.fault(0, format!("accepts.{unit}: unknown unit; valid: {}", UnitClass::keys()));
                continue;
            };
            for (class, fit) in classes {
                match UnitClass::from_key(class) {
                    Some(class) => {
                        self.dictionary.fits.insert((unit, class), *fit);
                    }
                    None => self.fault(0, format!("accepts.{class}: unknown class; valid: {}", UnitClass::keys())),
                }
            }
        }
        Ok(())
    }

    fn markers(&mut self, templates: &Templates) -> Result<(), TemplateErrors> {
        let file: MarkersFile = self.open(templates, "markers.toml")?;
        for (key, patterns) in &file.markers {
            match Marker::from_key(key.get_ref()) {
                Some(marker) => self.add_all(patterns, Tag::Marker(marker)),
                None => {
                    let valid: Vec<&str> = Marker::ALL.iter().map(|m| m.key()).chain(["besides"]).collect();
                    self.fault(
                        key.span().start,
                        format!("`{}`: no such role; valid: {}", key.get_ref(), valid.join(", ")),
                    );
                }
            }
        }
        for (key, patterns) in &file.periods {
            match PeriodWord::from_key(key.get_ref()) {
                Some(word) => self.add_all(patterns, Tag::Period(word)),
                None => {
                    let valid: Vec<&str> = PeriodWord::ALL.iter().map(|m| m.key()).collect();
                    self.fault(
                        key.span().start,
                        format!("`{}`: no such role; valid: {}", key.get_ref(), valid.join(", ")),
                    );
                }
            }
        }
        for (word, value) in &file.roman {
            self.add_phrases(&[vec![word.clone()]], Tag::Roman(*value));
        }
        for (word, value) in &file.month_words {
            self.add_phrases(&[word.split(' ').map(str::to_owned).collect()], Tag::MonthWord(*value));
        }
        Ok(())
    }

    fn breakdowns(&mut self, templates: &Templates) -> Result<(), TemplateErrors> {
        let file: BreakdownsFile = self.open(templates, "breakdowns.toml")?;
        let own: BTreeMap<String, Vec<CategoryRow>> =
            file.dimension.iter().map(|d| (d.id.get_ref().clone(), d.category.clone())).collect();
        for row in &file.dimension {
            let dimension = u8::try_from(self.dictionary.dimensions.len()).unwrap_or(u8::MAX);
            let mut categories = row.category.clone();
            if let Some(like) = &row.like {
                match own.get(like.get_ref()) {
                    Some(shared) => categories.extend(shared.iter().cloned()),
                    None => {
                        let valid: Vec<&str> = own.keys().map(String::as_str).collect();
                        let message = format!("`{}`: no such dimension; valid: {}", like.get_ref(), valid.join(", "));
                        self.fault(like.span().start, message);
                    }
                }
            }
            self.dictionary.dimensions.push(Dimension {
                id: row.id.get_ref().clone(),
                name: row.name.clone(),
                disjoint: row.disjoint,
                joins: row.joins,
                denial_is_no_zero: row.denial_is_no_zero,
                of_persons: row.of_persons,
                proper_names: row.proper_names || row.like.is_some(),
                whole: row.whole.clone(),
                parts_of: row.categories_are_parts_of.clone(),
            });
            for category in &categories {
                let id = u16::try_from(self.dictionary.categories.len()).unwrap_or(u16::MAX);
                self.dictionary.categories.push(Category {
                    dimension,
                    id: category.id.get_ref().clone(),
                    name: category.name.clone(),
                    parts_only: category.parts_only,
                    only: category.only.clone(),
                    not_for: category.not_for.clone(),
                });
                self.add_all(&category.words, Tag::Category(id));
            }
        }
        let known: Vec<String> = self.dictionary.dimensions.iter().map(|d| d.id.clone()).collect();
        let unknown: Vec<String> = self
            .dictionary
            .register
            .indicators()
            .iter()
            .flat_map(|i| i.breakdowns.iter().map(move |b| (i.id.clone(), b.clone())))
            .filter(|(_, b)| !known.contains(b))
            .map(|(id, b)| format!("`{b}` of `{id}` is not a dimension of breakdowns.toml"))
            .collect();
        for message in unknown {
            self.fault(0, message);
        }
        Ok(())
    }

    fn sections(&mut self, templates: &Templates) -> Result<(), TemplateErrors> {
        let file: SectionsFile = self.open(templates, "sections.toml")?;
        for (key, patterns) in &file.parts {
            match Part::from_key(key.get_ref()) {
                Some(part) => self.add_all(patterns, Tag::Part(part)),
                None => {
                    let message = format!("`{}`: no such part; valid: {}", key.get_ref(), Part::keys());
                    self.fault(key.span().start, message);
                }
            }
        }
        self.add_all(&file.closing, Tag::Closing);
        self.add_all(&file.title, Tag::Title);
        self.add_all(&file.resumes, Tag::Resumes);
        for (key, patterns) in &file.fields {
            let known = self.dictionary.register.indicators().iter().any(|i| i.domain() == key.get_ref());
            if !known {
                self.fault(key.span().start, format!("`{}`: no indicator's id starts with it", key.get_ref()));
                continue;
            }
            let id = u8::try_from(self.dictionary.fields.len()).unwrap_or(u8::MAX);
            self.dictionary.fields.push(key.get_ref().clone());
            self.add_all(patterns, Tag::Field(id));
        }
        Ok(())
    }

    fn exclusions(&mut self, templates: &Templates) -> Result<(), TemplateErrors> {
        let file: ExclusionsFile = self.open(templates, "exclusions.toml")?;
        for row in &file.exclusion {
            let id = u16::try_from(self.dictionary.exclusions.len()).unwrap_or(u16::MAX);
            self.dictionary.exclusions.push(Exclusion {
                reason: row.reason.clone(),
                list: row.list,
                plain: row.plain,
                unless_counted: row.unless_counted,
                min: row.min,
                max: row.max,
            });
            self.add_all(&row.patterns, Tag::Exclusion(id));
        }
        for row in &file.shape {
            match Regex::new(row.pattern.get_ref()) {
                Ok(pattern) => {
                    let before_not = row.before_not.iter().map(|word| crate::text::fold(word)).collect();
                    self.dictionary.shapes.push(Shape {
                        reason: row.reason.clone(),
                        pattern,
                        unless_counted: row.unless_counted,
                        before_not,
                        letters_before: row.letters_before,
                    });
                }
                Err(error) => self.fault(row.pattern.span().start, error.to_string()),
            }
        }
        Ok(())
    }

    fn wordings(&mut self, files: Vec<Parsed<WordingFile>>) {
        for (name, read) in files {
            let (file, text) = match read {
                Ok(read) => read,
                Err(TemplateErrors(faults)) => {
                    self.faults.extend(faults);
                    continue;
                }
            };
            self.at_file(&name, &text);
            let macros: Macros = file.macros.iter().map(|(k, v)| (k.clone(), v.get_ref().clone())).collect();
            for row in &file.indicator {
                self.indicator(row, &macros);
            }
        }
    }

    fn position(&mut self, id: &Spanned<String>) -> Option<u16> {
        if let Some(at) = self.dictionary.register.position(id.get_ref()) {
            return u16::try_from(at).ok();
        }
        let nearest = self.dictionary.register.nearest(id.get_ref()).join(", ");
        self.fault(id.span().start, format!("`{}` is not in the register; the nearest are: {nearest}", id.get_ref()));
        None
    }

    fn indicator(&mut self, row: &IndicatorRow, macros: &Macros) {
        let Some(at) = self.position(&row.id) else { return };
        let line = self.line(row.id.span().start);
        for wording in &row.wordings {
            self.wording(at, wording, macros);
        }
        let exclude = row.exclude.iter().filter_map(|p| self.term(p, p.get_ref(), macros)).collect();
        let companion_of = row.companion_of.iter().filter_map(|id| self.position(id)).collect();
        let companion = row.companion.iter().filter_map(|p| self.term(p, p.get_ref(), macros)).collect();
        let counted = row.counted.iter().filter_map(|p| self.term(p, p.get_ref(), macros)).collect();
        let share_of = row.share_of.as_ref().and_then(|id| self.position(id));
        let decrease = row.decrease.as_ref().and_then(|id| self.position(id));
        let share_base = row.share_base.iter().filter_map(|p| self.term(p, p.get_ref(), macros)).collect();
        let is_money = self.dictionary.register.indicators().get(usize::from(at)).is_some_and(|i| i.unit == Unit::Vnd);
        let file = self.file.clone();
        if let Some(rules) = self.dictionary.rules.get_mut(usize::from(at)) {
            if rules.line != 0 {
                let message = format!("`{}` stands twice, first at {}:{}", row.id.get_ref(), rules.file, rules.line);
                self.fault(row.id.span().start, message);
                return;
            }
            *rules = IndicatorRules {
                exclude,
                companion_of,
                companion,
                counted,
                share_of,
                share_base,
                decrease,
                is_money,
                because: row.because.clone().unwrap_or_default(),
                examples: row.example.clone(),
                rejects: row.reject.clone(),
                file,
                line,
            };
        }
    }

    fn wording(&mut self, indicator: u16, written: &Spanned<String>, macros: &Macros) {
        let mut wording = Wording {
            indicator,
            own: Vec::new(),
            right: Vec::new(),
            context: Vec::new(),
            not_own: Vec::new(),
            not_any: Vec::new(),
            field: false,
            text: written.get_ref().clone(),
            file: self.file.clone(),
            line: self.line(written.span().start),
        };
        for piece in pieces(written.get_ref()) {
            let Piece::Term(role, pattern) = piece else {
                wording.field = true;
                continue;
            };
            let Some(id) = self.term(written, pattern, macros) else { return };
            let list = match role {
                Role::Own => &mut wording.own,
                Role::Right => &mut wording.right,
                Role::Context => &mut wording.context,
                Role::NotOwn => &mut wording.not_own,
                Role::NotAny => &mut wording.not_any,
            };
            list.push(id);
        }
        let Some(key) = wording.own.iter().chain(&wording.right).chain(&wording.context).next().copied() else {
            self.fault(
                written.span().start,
                format!("«{}» names nothing to look for: give at least one plain term", written.get_ref()),
            );
            return;
        };
        let id = u32::try_from(self.dictionary.wordings.len()).unwrap_or(u32::MAX);
        self.dictionary.wordings.push(wording);
        if let Some(list) = self.dictionary.by_key.get_mut(key as usize) {
            list.push(id);
        }
    }

    fn term(&mut self, written: &Spanned<String>, pattern: &str, macros: &Macros) -> Option<TermId> {
        if let Some(id) = self.written_terms.get(pattern) {
            return Some(*id);
        }
        let read = match self.patterns.read(pattern, macros) {
            Ok(read) => read,
            Err(fault) => {
                self.pattern_fault(written, &fault);
                return None;
            }
        };
        let dictionary = &mut self.dictionary;
        let ends = self.phrases.insert(&read, &mut self.patterns, &mut dictionary.vocabulary);
        let id = match self.terms.get(&ends) {
            Some(id) => *id,
            None => {
                let id = u32::try_from(dictionary.terms.len()).unwrap_or(u32::MAX);
                dictionary.terms.push(pattern.to_owned());
                dictionary.by_key.push(Vec::new());
                for node in &ends {
                    self.phrases.put(*node, Tag::Term(id));
                }
                self.terms.insert(ends, id);
                id
            }
        };
        self.written_terms.insert(pattern.to_owned(), id);
        Some(id)
    }

    fn index(&mut self) {
        let dictionary = &mut self.dictionary;
        let mut uses = vec![0_u32; dictionary.terms.len()];
        let needed = |w: &Wording| {
            let own = w.own.iter().chain(&w.right).copied().collect::<Vec<_>>();
            if own.is_empty() { w.context.clone() } else { own }
        };
        for term in dictionary.wordings.iter().flat_map(needed) {
            if let Some(count) = uses.get_mut(term as usize) {
                *count += 1;
            }
        }
        dictionary.by_rarest = vec![Vec::new(); dictionary.terms.len()];
        dictionary.by_context = dictionary.by_rarest.clone();
        for (id, wording) in (0..).zip(&dictionary.wordings) {
            let by_context = wording.own.is_empty() && wording.right.is_empty();
            let mut needed = needed(wording);
            needed.sort_by_key(|term| uses.get(*term as usize).copied());
            let call = Call { wording: id, also: needed.get(1).copied().filter(|_| !by_context) };
            for index in [Some(&mut dictionary.by_rarest), Some(&mut dictionary.by_context).filter(|_| by_context)] {
                let list = index.zip(needed.first()).and_then(|(index, term)| index.get_mut(*term as usize));
                if let Some(list) = list {
                    list.push(call);
                }
            }
        }
        dictionary.field_of = dictionary
            .register
            .indicators()
            .iter()
            .map(|i| dictionary.fields.iter().position(|f| f == i.domain()).and_then(|at| u8::try_from(at).ok()))
            .collect();
        dictionary.dimension_ids = dictionary
            .dimensions
            .iter()
            .enumerate()
            .filter_map(|(at, d)| Some((d.id.clone(), u8::try_from(at).ok()?)))
            .collect();
    }

    fn provinces(&mut self) {
        let mut names: Vec<(String, u8)> = Vec::new();
        let mut keys: Vec<String> = Vec::new();
        for system in [super::geography::ProvinceSystem::P63, super::geography::ProvinceSystem::P34] {
            for province in self.dictionary.geography.provinces(system) {
                let at = keys.iter().position(|k| *k == province.name).unwrap_or_else(|| {
                    keys.push(province.name.clone());
                    keys.len() - 1
                });
                let at = u8::try_from(at).unwrap_or(u8::MAX);
                names.push((province.name.clone(), at));
                names.extend(province.aliases.iter().map(|alias| (alias.clone(), at)));
            }
        }
        for (name, at) in &names {
            let words: Vec<String> =
                name.split(|c: char| !c.is_alphanumeric()).filter(|w| !w.is_empty()).map(str::to_owned).collect();
            self.add_phrases(&[words], Tag::Province(*at));
        }
        self.dictionary.province_names = keys;
    }
}
