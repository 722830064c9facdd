//! Source text → lines → blocks and sections.

use std::ops::Range;

use super::bullet::nest;
use super::line::{Line, LineKind, is_capitals, is_page_number, is_terminal, label, level, reads_as_heading};
use super::note::{
    NoteStyles, bind, bind_declared, declared_label, flattened_mark, opens_flattened_note, opens_loose_note, opens_note,
};
use super::table::{Style, build as build_table, from_grid, is_rule, is_table, row_style};
use super::{Block, BlockKind, Document, Section};
use crate::dictionary::phrase::Hit;
use crate::dictionary::{Dictionary, Part, Tag};
use crate::text::{Layout, Place, SourceText, Token, TokenKind, tokenize};

/// A line this long that does not end a sentence goes on in the next one.
const WRAPPED_LINE: usize = 45;
/// The title stands within so many lines.
const MOST_HEAD_LINES: usize = 60;
/// Title lines are at most this many after the line that opens the title.
const MOST_TITLE_LINES: usize = 6;
/// A phrase of a heading may have lost the marks of its letters if it has at least so many words.
const LEAST_MENDED_WORDS: u8 = 3;
/// A run-in heading has at most this many words before its colon.
const RUN_IN_WORDS: usize = 16;

impl Document {
    /// The structure of a text of which nothing but the text is known.
    pub fn from_text(source: SourceText, dictionary: &Dictionary) -> Self {
        Self::new(source, Layout::default(), dictionary)
    }

    /// The structure of a text with the layout that its reader knows.
    pub fn new(source: SourceText, layout: Layout, dictionary: &Dictionary) -> Self {
        let (lines, tokens) = read_lines(&source, &layout, dictionary);
        let mut builder = Builder {
            dictionary,
            source: &source,
            tokens: &tokens,
            document: Document {
                source: SourceText::default(),
                layout,
                sections: vec![Section {
                    level: 0,
                    title: Vec::new(),
                    parent: None,
                    part: Part::Header,
                    fields: Vec::new(),
                }],
                blocks: Vec::new(),
                tables: Vec::new(),
                title: Vec::new(),
            },
            current: None,
            pending: None,
            closed: false,
            wrap: wrap_width(&source, &lines),
            title_lines: None,
            has_title: false,
            hits: Vec::new(),
        };
        builder.run(&lines);
        let mut document = builder.document;
        introduce(&mut document);
        let styles = NoteStyles { square: true, round: has_loose(&lines), star: has_loose(&lines) };
        document.source = source;
        if document.layout.notes.is_empty() {
            bind(&document.source, &mut document.blocks, styles);
        } else {
            bind_declared(&document.layout.notes, &mut document.blocks);
        }
        document
    }
}

fn has_loose(lines: &[Line]) -> bool {
    lines.iter().any(|l| matches!(l.kind, LineKind::Note(_)))
}

/// The width at which a text is broken into lines: where most lines that another follows at once have nearly one
/// length. A text with a line for each paragraph has none.
fn wrap_width(source: &SourceText, lines: &[Line]) -> Option<usize> {
    let length = |line: &Line| source.slice(line.range.clone()).trim_end().chars().count();
    let mut followed: Vec<usize> = lines
        .windows(2)
        .filter(|pair| matches!(pair, [a, b] if matches!(a.kind, LineKind::Text | LineKind::Item(_)) && b.kind == LineKind::Text))
        .filter_map(|pair| pair.first().map(length))
        .filter(|n| *n >= 30)
        .collect();
    followed.sort_unstable();
    let width = *followed.get(followed.len() * 9 / 10)?;
    let full = followed.iter().filter(|n| **n * 5 >= width * 4).count();
    (followed.len() >= 12 && (45..=140).contains(&width) && full * 10 >= followed.len() * 7).then_some(width)
}

/// All lines with their kinds, and all tokens. What the file's reader declares is taken from it; of tables and notes
/// nothing is guessed beside those that it declares.
fn read_lines(source: &SourceText, layout: &Layout, dictionary: &Dictionary) -> (Vec<Line>, Vec<Token>) {
    let text = source.as_str();
    let mut tokens: Vec<Token> = Vec::with_capacity(text.len() / 5);
    let mut lines: Vec<Line> = Vec::with_capacity(source.line_count());
    for range in source.lines() {
        let first = tokens.len();
        tokenize(text, range.clone(), &dictionary.vocabulary, &mut tokens);
        lines.push(Line { range, tokens: first..tokens.len(), kind: LineKind::Text, label: 0 });
    }
    for line in &mut lines {
        let own = tokens.get(line.tokens.clone()).unwrap_or_default();
        (line.kind, line.label) = kind_of(text, &line.range, own);
    }
    nest(&mut lines, &tokens);
    if layout.grids.is_empty() {
        mark_tables(text, &mut lines);
    }
    if layout.notes.is_empty() {
        mark_loose_notes(text, &mut lines, &tokens);
    }
    mark_declared(text, layout, &mut lines, &tokens);
    (lines, tokens)
}

/// Gives the lines that the layout speaks of their kinds.
fn mark_declared(text: &str, layout: &Layout, lines: &mut [Line], tokens: &[Token]) {
    let mut notes: Vec<usize> = layout.notes.iter().map(|link| link.note).collect();
    notes.sort_unstable();
    let mut grids = layout.grids.iter().enumerate().peekable();
    let mut furniture = layout.furniture.iter().peekable();
    for line in lines {
        let at = line.range.start;
        while grids.next_if(|(_, grid)| grid.range.end <= at).is_some() {}
        while furniture.next_if(|range| range.end <= at).is_some() {}
        let own = tokens.get(line.tokens.clone()).unwrap_or_default();
        if let Some((index, _)) = grids.peek().filter(|(_, grid)| grid.range.start <= at) {
            (line.kind, line.label) = (LineKind::Cells(*index), 0);
        } else if own.is_empty() {
            continue;
        } else if furniture.peek().is_some_and(|range| range.start <= at) {
            (line.kind, line.label) = (LineKind::Furniture, 0);
        } else if notes.binary_search(&at).is_ok() {
            let (number, label) = declared_label(text, own);
            (line.kind, line.label) = (LineKind::Note(number), label);
        } else if !notes.is_empty() && matches!(line.kind, LineKind::Note(_)) {
            (line.kind, line.label) = (LineKind::Text, 0);
        }
    }
}

fn kind_of(text: &str, range: &Range<usize>, tokens: &[Token]) -> (LineKind, usize) {
    if tokens.is_empty() {
        return (LineKind::Blank, 0);
    }
    // A line drawn with dashes or stars divides; it says nothing.
    if tokens.iter().all(|t| matches!(t.kind, TokenKind::Punct(c) if c != '|')) {
        return (LineKind::Furniture, 0);
    }
    if is_page_number(text, tokens) {
        return (LineKind::Furniture, 0);
    }
    if let Some((number, mark)) = opens_note(text, tokens) {
        return (LineKind::Note(number), mark);
    }
    let written = text.get(range.clone()).unwrap_or_default().trim();
    if let Some(found) = label(text, tokens) {
        let rest = tokens.get(found.tokens..).unwrap_or_default();
        if rest.is_empty() {
            return (LineKind::Text, 0);
        }
        let body = rest.first().map_or(range.start, |t| t.start as usize)..range.end;
        let heading = found.numbered && reads_as_heading(text, &body, rest);
        let kind = if heading { LineKind::Heading(found.level) } else { LineKind::Item(found.level) };
        return (kind, found.tokens);
    }
    let emphasised = (written.starts_with("**") && written.trim_end_matches(':').ends_with("**")
        || written.starts_with('#'))
        && written.chars().count() <= 160;
    if emphasised && tokens.len() > 2 {
        let marks = tokens.iter().take_while(|t| t.is('*') || t.is('#')).count();
        let level = if is_capitals(written) { level::ROMAN } else { level::EMPHASIS };
        return (LineKind::Heading(level), marks);
    }
    if is_capitals(written) && written.chars().count() <= 160 && tokens.len() >= 3 {
        return (LineKind::Heading(level::ROMAN), 0);
    }
    (LineKind::Text, 0)
}

/// Marks the lines of tables as rows.
fn mark_tables(text: &str, lines: &mut [Line]) {
    let mut at = 0;
    while at < lines.len() {
        let style = lines.get(at).and_then(|l| {
            let free = !matches!(l.kind, LineKind::Blank | LineKind::Note(_));
            row_style(text.get(l.range.clone())?).filter(|_| free)
        });
        let Some(style) = style else {
            at += 1;
            continue;
        };
        let mut end = at;
        while end < lines.len() {
            let Some(line) = lines.get(end) else { break };
            let written = text.get(line.range.clone()).unwrap_or_default();
            // A row whose other cells are empty has one visible piece, set in or not.
            let goes_on = || {
                lines
                    .get(end + 1)
                    .is_some_and(|next| row_style(text.get(next.range.clone()).unwrap_or_default()) == Some(style))
            };
            let continues = row_style(written) == Some(style)
                || end > at && is_rule(written) && goes_on()
                || (style == Style::Spaces && !written.trim().is_empty() && written.contains("  ") && goes_on());
            if !continues {
                break;
            }
            end += 1;
        }
        let ranges: Vec<Range<usize>> =
            lines.get(at..end).unwrap_or_default().iter().map(|l| l.range.clone()).collect();
        if is_table(text, &ranges, style) {
            for line in lines.get_mut(at..end).unwrap_or_default() {
                line.kind = LineKind::Row;
            }
        }
        at = end.max(at + 1);
    }
}

/// `(1) …` and `* …` open a footnote where an earlier line has that mark after a word.
fn mark_loose_notes(text: &str, lines: &mut [Line], tokens: &[Token]) {
    let mut marks: Vec<String> = Vec::new();
    let mut flattened: Vec<u16> = Vec::new();
    for line in lines.iter_mut() {
        let own = tokens.get(line.tokens.clone()).unwrap_or_default();
        if let Some(number) =
            opens_flattened_note(text, own).filter(|n| flattened.contains(n) && line.kind == LineKind::Text)
        {
            line.kind = LineKind::Note(number);
            line.label = 1;
            flattened.retain(|n| *n != number);
            continue;
        }
        flattened.extend((1..own.len()).filter_map(|at| flattened_mark(text, own, at)));
        let opened = opens_loose_note(text, own);
        let known = own.first().zip(opened).is_some_and(|(first, (_, length))| {
            let end = own.get(length - 1).map_or(first.end, |t| t.end) as usize;
            let mark = text.get(first.start as usize..end).unwrap_or_default().trim_matches(['(', ')']);
            marks.iter().any(|m| m == mark)
        });
        if let Some((number, length)) = opened.filter(|_| known && !matches!(line.kind, LineKind::Row)) {
            line.kind = LineKind::Note(number);
            line.label = length;
            continue;
        }
        for (at, token) in own.iter().enumerate().skip(1) {
            let inner = own.get(at + 1);
            let closed = own.get(at + 2).is_some_and(|t| t.is(')'));
            let ends = own.get(at + 3).is_none_or(|t| matches!(t.kind, TokenKind::Punct(_)));
            let glued = (!token.spaced || ends) && own.get(at - 1).is_some_and(Token::is_word);
            if token.is('(') && closed && glued && inner.is_some_and(|t| t.is_number() || t.is('*')) {
                marks.push(inner.map(|t| text.get(t.range()).unwrap_or_default()).unwrap_or_default().to_owned());
            }
        }
    }
}

struct Builder<'a> {
    dictionary: &'a Dictionary,
    source: &'a SourceText,
    tokens: &'a [Token],
    document: Document,
    /// The block that a line without a break before it goes on.
    current: Option<usize>,
    /// The last block of running text, which a page break or footnotes may have cut.
    pending: Option<usize>,
    closed: bool,
    /// The width at which the text is broken into lines, where it is.
    wrap: Option<usize>,
    title_lines: Option<usize>,
    /// Whether some line opens a title.
    has_title: bool,
    hits: Vec<Hit<Tag>>,
}

impl Builder<'_> {
    fn run(&mut self, lines: &[Line]) {
        for line in lines.iter().take(MOST_HEAD_LINES).filter(|l| !matches!(l.kind, LineKind::Cells(_))) {
            let own = self.tokens.get(line.tokens.clone()).unwrap_or_default();
            self.find_opening(own.get(..own.len().min(12)).unwrap_or_default());
            self.has_title |= self.hits.iter().any(|h| h.tag == Tag::Title && h.first == 0) && own.len() <= 40;
        }
        let mut at = 0;
        while let Some(line) = lines.get(at) {
            if at > 0 && self.opens_sheet(line) {
                self.next_sheet();
            }
            if matches!(line.kind, LineKind::Row | LineKind::Cells(_)) {
                let rest = lines.iter().skip(at);
                let end = at + rest.take_while(|l| l.kind == line.kind).count();
                self.table(lines.get(at..end).unwrap_or_default(), line.kind);
                at = end;
                continue;
            }
            let next = lines.get(at + 1);
            self.line(line, next);
            at += 1;
        }
    }

    /// Whether a line is the name of a sheet.
    fn opens_sheet(&self, line: &Line) -> bool {
        let places = &self.document.layout.places;
        let found = places.binary_search_by_key(&line.range.start, |(start, _)| *start);
        let place = found.ok().and_then(|at| places.get(at)).map(|(_, place)| place);
        matches!(place, Some(Place::SheetCell { cell, .. }) if cell.is_empty())
    }

    /// What a sheet before has closed or opened holds no longer.
    fn next_sheet(&mut self) {
        if self.in_header() {
            self.leave_header();
        }
        self.closed = false;
        self.current = None;
        self.pending = None;
        self.document.sections.push(Section {
            level: 0,
            title: Vec::new(),
            parent: Some(0),
            part: Part::Results,
            fields: Vec::new(),
        });
    }

    fn line(&mut self, line: &Line, next: Option<&Line>) {
        let own: Vec<Token> = self.tokens.get(line.tokens.clone()).unwrap_or_default().to_vec();
        if line.kind == LineKind::Blank {
            self.current = None;
            return;
        }
        if line.kind == LineKind::Furniture {
            self.push(BlockKind::Furniture, own, 0, level::TEXT, None);
            self.current = None;
            return;
        }
        self.find_opening(own.get(line.label..).unwrap_or_default());
        let opens = |tag: Tag, hits: &[Hit<Tag>]| hits.iter().any(|h| h.tag == tag && h.first == 0);
        let written = self.source.slice(line.range.clone()).trim();
        let titled = is_capitals(written) && !self.in_header() && own.len() < 12;
        // «Phụ lục», «Biểu số 1» alone on a line.
        let alone = own.len() <= 3 && !self.in_header();
        if opens(Tag::Resumes, &self.hits) && (self.closed && own.len() < 30 || titled || alone) {
            self.closed = false;
            self.open_section(level::LETTER, &own, line.label, Some(Part::Results));
            self.push(BlockKind::Heading, own, line.label, level::LETTER, None);
            return;
        }
        if opens(Tag::Closing, &self.hits) && !self.in_header() {
            self.closed = true;
        }
        if self.closed && !matches!(line.kind, LineKind::Note(_)) {
            let continues = self.current;
            match continues {
                Some(block) => self.extend(block, own),
                None => {
                    let block = self.push(BlockKind::Paragraph, own, 0, level::TEXT, Some(Part::Closing));
                    self.current = Some(block);
                }
            }
            return;
        }
        if self.in_header() && self.header_line(line, &own, next) {
            return;
        }
        match line.kind {
            LineKind::Note(number) => {
                let block = self.push(BlockKind::Footnote(number), own, line.label, level::TEXT, None);
                self.current = Some(block);
            }
            LineKind::Heading(depth) => self.heading(depth, own, line.label),
            LineKind::Item(depth) => {
                // «IV. Nhiệm vụ 3 tháng cuối năm»: a number does not make a short title of a part a statement.
                let short = own.len() <= 24 && own.last().is_some_and(|t| !is_terminal(t) || t.is(':'));
                let names_part =
                    self.hits.iter().any(|h| matches!(h.tag, Tag::Part(_)) && h.first <= 1 && h.words >= 1);
                if depth <= level::NUMBER && short && names_part {
                    self.heading(depth, own, line.label);
                } else {
                    self.item(depth, own, line.label);
                }
            }
            _ => self.text(own, line),
        }
    }

    fn in_header(&self) -> bool {
        self.document.sections.first().is_some_and(|s| s.part == Part::Header)
    }

    fn leave_header(&mut self) {
        if let Some(root) = self.document.sections.first_mut() {
            root.part = Part::Results;
        }
        self.title_lines = None;
        self.current = None;
    }

    /// Takes a line of letterhead or title; false where the report's body begins.
    fn header_line(&mut self, line: &Line, own: &[Token], next: Option<&Line>) -> bool {
        let written = self.source.slice(line.range.clone()).trim();
        let is_title = self.hits.iter().any(|h| h.tag == Tag::Title && h.first == 0) && own.len() <= 40;
        // Addressees before the title are written as a list.
        let addressee = matches!(line.kind, LineKind::Item(depth) if depth >= level::DASH)
            && self.has_title
            && self.title_lines.is_none();
        // A sheet may have a numbered name: «1. Quà 27-7».
        let labelled = !self.opens_sheet(line)
            && (matches!(line.kind, LineKind::Item(_) | LineKind::Note(_)) && !addressee
                || matches!(line.kind, LineKind::Heading(_)) && line.label > 0 && !written.starts_with('*'));
        let long = written.chars().count() > 220;
        let ends_sentence = own.last().is_some_and(|t| matches!(t.kind, crate::text::TokenKind::Punct('.' | ';')))
            && written.chars().count() > 60;
        let part_heading = matches!(line.kind, LineKind::Heading(_))
            && self.title_lines.is_some_and(|n| n > 0)
            && self.current.is_none()
            && self.hits.iter().any(|h| matches!(h.tag, Tag::Part(_)) && h.first <= 1);
        if labelled || part_heading || ((long || ends_sentence) && !is_title) {
            self.leave_header();
            return false;
        }
        // Once the title is written, a paragraph set apart from it that goes on to another line is the body.
        let body = self.title_lines.is_some_and(|n| n > 0)
            && self.current.is_none()
            && written.chars().count() > 90
            && !is_capitals(written)
            && next.is_some_and(|n| n.kind != LineKind::Blank);
        if body || self.title_lines.is_some_and(|n| n >= MOST_TITLE_LINES && written.chars().count() > 60) {
            self.leave_header();
            return false;
        }
        let block = self.push(BlockKind::Paragraph, own.to_vec(), 0, level::TEXT, Some(Part::Header));
        if is_title || self.title_lines.is_some() {
            self.title_lines = Some(self.title_lines.map_or(0, |n| n + 1).max(usize::from(is_title && own.len() > 3)));
            self.document.title.push(block);
        }
        self.current = Some(block);
        true
    }

    /// Finds all phrases of a row of tokens.
    fn find(&mut self, tokens: &[Token]) {
        self.find_among(tokens, tokens.len());
    }

    /// Finds the phrases that a line opens with, a sign before them aside.
    fn find_opening(&mut self, tokens: &[Token]) {
        self.find_among(tokens, 2);
    }

    fn find_among(&mut self, tokens: &[Token], starts: usize) {
        self.hits.clear();
        self.dictionary.find_opening(tokens, starts, &mut self.hits);
        // Two words that differ from a known phrase in their marks alone are rather other words: «quyết định hưởng».
        self.hits.retain(|h| !h.mended || h.words >= LEAST_MENDED_WORDS);
    }

    /// What a heading's words say: the part, and the fields of work.
    fn meaning(&mut self, title: &[Token], depth: u8) -> (Option<Part>, Vec<u8>) {
        self.find(title);
        let mut part: Option<(u32, u8, Part)> = None;
        let mut fields: Vec<(u8, u32, u32)> = Vec::new();
        let reach = if depth <= level::ROMAN { 6 } else { 1 };
        for hit in &self.hits {
            match hit.tag {
                Tag::Part(found) if hit.first <= reach => {
                    let better = part
                        .is_none_or(|(first, words, _)| hit.first < first || hit.first == first && hit.words > words);
                    if better {
                        part = Some((hit.first, hit.words, found));
                    }
                }
                Tag::Field(field) => fields.push((field, hit.first, hit.last)),
                _ => {}
            }
        }
        let inside = |a: &(u8, u32, u32), b: &(u8, u32, u32)| b.1 <= a.1 && a.2 <= b.2 && (b.2 - b.1) > (a.2 - a.1);
        let mut kept: Vec<u8> =
            fields.iter().filter(|f| !fields.iter().any(|other| inside(f, other))).map(|f| f.0).collect();
        kept.sort_unstable();
        kept.dedup();
        (part.map(|(_, _, p)| p), kept)
    }

    fn parent_for(&self, depth: u8) -> usize {
        let mut at = self.document.sections.len().saturating_sub(1);
        loop {
            let Some(section) = self.document.sections.get(at) else { return 0 };
            match section.parent {
                Some(_) if section.level < depth => return at,
                Some(parent) => at = parent,
                None => return 0,
            }
        }
    }

    fn open_section(&mut self, depth: u8, own: &[Token], label: usize, forced: Option<Part>) -> usize {
        let title = own.get(label..).unwrap_or_default().to_vec();
        let parent = self.parent_for(depth);
        let (inherited, above) =
            self.document.sections.get(parent).map_or((Part::Results, Vec::new()), |s| (s.part, s.fields.clone()));
        let (said, fields) = self.meaning(&title, depth);
        // The head of an item turns the part only as a whole: «Kiến nghị: …», not «Đề nghị truy tặng: 08».
        let said = said.filter(|_| depth < level::SMALL_LETTER || self.is_wholly_a_part(&title));
        let part = forced.unwrap_or(match said {
            // A heading within tasks stays there, whatever its words; within results it may turn to tasks.
            Some(part)
                if inherited == Part::Results || depth <= level::ROMAN && (parent == 0 || inherited != Part::Tasks) =>
            {
                part
            }
            _ => inherited,
        });
        let fields = if fields.is_empty() { above } else { fields };
        self.document.sections.push(Section { level: depth, title, parent: Some(parent), part, fields });
        self.document.sections.len() - 1
    }

    /// Whether words are a part's title from the first to the last, or as far as three words.
    fn is_wholly_a_part(&self, title: &[Token]) -> bool {
        let words = title.iter().filter(|t| t.is_word()).count();
        let long = |h: &Hit<Tag>| usize::from(h.words) >= words.min(3);
        self.hits.iter().any(|h| matches!(h.tag, Tag::Part(_)) && h.first == 0 && long(h))
    }

    fn push(&mut self, kind: BlockKind, tokens: Vec<Token>, label: usize, depth: u8, part: Option<Part>) -> usize {
        let section = self.document.sections.len().saturating_sub(1);
        let part = part.or_else(|| self.document.sections.get(section).map(|s| s.part)).unwrap_or(Part::Results);
        self.document.blocks.push(Block {
            kind,
            tokens,
            label,
            section,
            part,
            level: depth,
            intro: None,
            anchor: None,
        });
        self.document.blocks.len() - 1
    }

    fn extend(&mut self, block: usize, tokens: Vec<Token>) {
        if let Some(block) = self.document.blocks.get_mut(block) {
            block.tokens.extend(tokens);
        }
    }

    fn heading(&mut self, depth: u8, own: Vec<Token>, label: usize) {
        // A heading in capitals may go on in the next line.
        if label == 0
            && depth == level::ROMAN
            && let Some(block) = self.current
            && self.document.blocks.get(block).is_some_and(|b| b.kind == BlockKind::Heading && b.level <= level::ROMAN)
        {
            self.extend(block, own.clone());
            let tokens = self.document.blocks.get(block).map(|b| b.tokens.clone()).unwrap_or_default();
            let label = self.document.blocks.get(block).map_or(0, |b| b.label);
            let depth = self.document.blocks.get(block).map_or(depth, |b| b.level);
            self.document.sections.pop();
            let section = self.open_section(depth, &tokens, label, None);
            let part = self.document.sections.get(section).map_or(Part::Results, |s| s.part);
            if let Some(b) = self.document.blocks.get_mut(block) {
                b.section = section;
                b.part = part;
            }
            return;
        }
        // The title of a part stands over what is numbered, also without a letter of its own.
        let names_part = label == 0 && depth == level::ROMAN && {
            self.find_opening(&own);
            self.hits.iter().any(|h| matches!(h.tag, Tag::Part(_)) && h.first <= 1)
        };
        let depth = if names_part { level::LETTER } else { depth };
        self.open_section(depth, &own, label, None);
        let block = self.push(BlockKind::Heading, own, label, depth, None);
        self.current = Some(block);
        self.pending = None;
    }

    fn item(&mut self, depth: u8, own: Vec<Token>, label: usize) {
        let head = run_in_head(&own, label);
        if let Some(end) = head {
            let title: Vec<Token> = own.get(..end).unwrap_or_default().to_vec();
            // «- Kế hoạch năm: 18.000 lao động» gives a number its name; it opens no part.
            let names_number = own.get(end + 1).is_some_and(Token::is_number);
            let parent = self.parent_for(depth);
            let part = self.document.sections.get(parent).map(|s| s.part).filter(|_| names_number);
            self.open_section(depth, &title, label, part);
        } else if depth < level::DASH {
            self.open_section(depth, &[], 0, None);
        } else {
            self.close_to(depth);
        }
        let block = self.push(BlockKind::Paragraph, own, label, depth, None);
        self.current = Some(block);
        self.pending = Some(block);
    }

    /// A bullet without a head leaves the sections that earlier bullets of its depth opened.
    fn close_to(&mut self, depth: u8) {
        let parent = self.parent_for(depth);
        if parent + 1 != self.document.sections.len()
            && let Some(section) = self.document.sections.get(parent).cloned()
        {
            self.document.sections.push(Section {
                level: depth,
                title: Vec::new(),
                parent: Some(parent),
                part: section.part,
                fields: section.fields,
            });
        }
    }

    fn text(&mut self, own: Vec<Token>, line: &Line) {
        let starts_low = own.first().is_some_and(|t| {
            (t.is_word() && !t.capital) || matches!(t.kind, crate::text::TokenKind::Punct(',' | ';' | ')' | '%' | '.'))
        });
        let starts_number = own.first().is_some_and(Token::is_number);
        if let Some(block) = self.current.and_then(|b| self.document.blocks.get(b)) {
            let last = block.tokens.last();
            let ended = last.is_some_and(is_terminal);
            let previous_length = last.map_or(0, |t| {
                let line = self.source.line_of(t.start as usize);
                let begin = block.tokens.iter().find(|t| self.source.line_of(t.start as usize) == line);
                begin.map_or(0, |b| (t.end - b.start) as usize)
            });
            let previous_chars = last.map_or(0, |t| {
                let end = t.end as usize;
                self.source.slice(end.saturating_sub(previous_length)..end).chars().count()
            });
            // In a text broken at a width a full line goes on, whatever ends it.
            let full = self.wrap.is_some_and(|width| previous_chars * 5 >= width * 4);
            let wrapped = previous_length >= WRAPPED_LINE;
            let goes_on = match block.kind {
                BlockKind::Heading => !ended && (starts_low || block.label > 0 && wrapped && own.len() < 12),
                _ => starts_low || full || (!ended && (wrapped || starts_number)),
            };
            if goes_on && let Some(at) = self.current {
                self.extend(at, own);
                if self.document.blocks.get(at).is_some_and(|b| b.kind == BlockKind::Paragraph) {
                    self.pending = Some(at);
                }
                return;
            }
        } else if let Some(at) = self.pending {
            let last = self.document.blocks.get(at).and_then(|b| b.tokens.last());
            let cut = last.is_some_and(|t| !is_terminal(t));
            let dangling = last.is_some_and(|t| t.is(',') || t.is('(') || t.is_number());
            let one_after = self.document.blocks.len() - 1 == at;
            if cut && (starts_low || starts_number || (dangling && !one_after)) {
                self.extend(at, own);
                self.current = Some(at);
                return;
            }
        }
        let previous_empty = self.current.is_none();
        let depth = if self.is_plain_heading(&own, line) { Some(level::EMPHASIS) } else { None };
        if let Some(depth) = depth.filter(|_| previous_empty) {
            self.open_section(depth, &own, 0, None);
            let block = self.push(BlockKind::Heading, own, 0, depth, None);
            self.current = Some(block);
            self.pending = None;
            return;
        }
        let block = self.push(BlockKind::Paragraph, own, 0, level::TEXT, None);
        self.current = Some(block);
        self.pending = Some(block);
    }

    /// A short line that ends with a colon, or names a field of work, and holds no number.
    fn is_plain_heading(&mut self, own: &[Token], line: &Line) -> bool {
        let written = self.source.slice(line.range.clone()).trim();
        let length = written.chars().count();
        if own.iter().any(Token::is_number) || length > 90 || own.first().is_none_or(|t| !t.capital && !t.is('*')) {
            return false;
        }
        let last = own.last();
        if last.is_some_and(|t| t.is(':')) {
            return true;
        }
        if last.is_some_and(is_terminal) {
            return false;
        }
        self.find(own);
        self.hits.iter().any(|h| matches!(h.tag, Tag::Field(_) | Tag::Part(_)))
    }

    fn table(&mut self, lines: &[Line], kind: LineKind) {
        let (text, vocabulary) = (self.source.as_str(), &self.dictionary.vocabulary);
        let declared = match kind {
            LineKind::Cells(at) => self.document.layout.grids.get(at),
            _ => None,
        };
        let table = declared.map_or_else(
            || {
                let ranges: Vec<Range<usize>> = lines.iter().map(|l| l.range.clone()).collect();
                let style =
                    ranges.iter().find_map(|r| row_style(self.source.slice(r.clone()))).unwrap_or(Style::Spaces);
                build_table(text, &ranges, style, vocabulary)
            },
            |grid| from_grid(text, grid, vocabulary),
        );
        let tokens: Vec<Token> =
            lines.iter().flat_map(|l| self.tokens.get(l.tokens.clone()).unwrap_or_default()).copied().collect();
        // A declared table before the title is letterhead only where a title does follow.
        let header_only = self.in_header() && self.title_lines.is_none() && (declared.is_none() || self.has_title);
        let on_sheet = declared.is_some()
            && self.document.layout.places.iter().any(|(_, place)| matches!(place, Place::SheetCell { .. }));
        let part = if on_sheet {
            // On a sheet a table states results, whatever the words of its title are.
            if self.in_header() {
                self.leave_header();
            }
            self.closed = false;
            Some(Part::Results)
        } else if self.closed && is_of_figures(&table) {
            // What stands behind the signature in a table of figures is an annex, with or without that word.
            self.closed = false;
            Some(Part::Results)
        } else if self.closed {
            Some(Part::Closing)
        } else if header_only {
            Some(Part::Header)
        } else {
            if self.in_header() {
                self.leave_header();
            }
            None
        };
        self.document.tables.push(table);
        let at = self.document.tables.len() - 1;
        self.push(BlockKind::Table(at), tokens, 0, level::TEXT, part);
        self.current = None;
        self.pending = None;
    }
}

/// Whether most rows of a table hold numbers, and there are several.
fn is_of_figures(table: &super::Table) -> bool {
    let numbers = |row: &&Vec<super::Cell>| row.iter().filter(|c| c.tokens.iter().any(Token::is_number)).count() >= 2;
    let rows = table.rows.iter().filter(numbers).count();
    rows >= 2 && rows * 2 >= table.rows.len()
}

/// Where a run-in heading ends: after a colon, or a full stop after a few words, that stands before any number.
fn run_in_head(own: &[Token], label: usize) -> Option<usize> {
    let mut words = 0;
    for (at, token) in own.iter().enumerate().skip(label) {
        if token.is(':') {
            return (words > 0).then_some(at);
        }
        if token.is('.') && (1..=9).contains(&words) && own.get(at + 1).is_some_and(|t| t.spaced && t.capital) {
            return Some(at);
        }
        if token.is_number() || token.is(';') || token.is('.') || token.is('(') || words > RUN_IN_WORDS {
            return None;
        }
        words += usize::from(token.is_word());
    }
    None
}

/// Gives each list item the block that introduces it: the nearest before it, further out, that ends with a colon.
fn introduce(document: &mut Document) {
    let mut intros: Vec<Option<usize>> = vec![None; document.blocks.len()];
    for (at, (block, intro)) in document.blocks.iter().zip(&mut intros).enumerate() {
        if block.kind != BlockKind::Paragraph || block.label == 0 {
            continue;
        }
        let mut back = at;
        while back > 0 {
            back -= 1;
            let Some(before) = document.blocks.get(back) else { break };
            match before.kind {
                BlockKind::Footnote(_) | BlockKind::Furniture => continue,
                BlockKind::Paragraph if before.level < block.level => {
                    if before.tokens.last().is_some_and(|t| t.is(':')) {
                        *intro = Some(back);
                    }
                    break;
                }
                BlockKind::Paragraph => {}
                BlockKind::Heading | BlockKind::Table(_) => break,
            }
        }
    }
    for (block, intro) in document.blocks.iter_mut().zip(intros) {
        block.intro = intro;
    }
}
