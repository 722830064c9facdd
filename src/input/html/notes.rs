//! Notes of a page: a short link to a place that links back is the mark of the note there.

use std::collections::BTreeMap;

use scraper::{ElementRef, Html, Node};

use super::walk::NodeId;

/// A mark has at most so many characters.
const MARK_LETTERS: usize = 8;
/// A page has at most so many links that are looked at.
const MOST_LINKS: usize = 20_000;
/// Of what surrounds a note's link back so many nodes are looked at.
const NEAR: usize = 400;

/// The marks and notes of a page.
#[derive(Debug, Default)]
pub(super) struct Notes {
    /// Elements that are marks, with the note's index.
    pub(super) marks: BTreeMap<NodeId, usize>,
    /// Elements that hold notes, with the note's index.
    pub(super) bodies: BTreeMap<NodeId, usize>,
    /// The links back.
    pub(super) backs: BTreeMap<NodeId, usize>,
}

struct Link {
    id: NodeId,
    target: String,
    names: Vec<String>,
}

impl Notes {
    /// Finds all notes.
    pub(super) fn find(page: &Html) -> Self {
        let mut notes = Self::default();
        let mut links: Vec<Link> = Vec::new();
        let mut named: BTreeMap<&str, NodeId> = BTreeMap::new();
        for node in page.tree.nodes() {
            let Some(element) = ElementRef::wrap(node) else { continue };
            for name in ["id", "name"] {
                if let Some(value) = element.attr(name) {
                    named.entry(value).or_insert(node.id());
                }
            }
            let target = element.attr("href").and_then(|h| h.strip_prefix('#')).filter(|_| links.len() < MOST_LINKS);
            if let Some(target) = target
                && element.value().name() == "a"
            {
                links.push(Link { id: node.id(), target: target.to_owned(), names: names_around(element) });
            }
        }
        let at: BTreeMap<NodeId, usize> = links.iter().enumerate().map(|(at, link)| (link.id, at)).collect();
        let mut order: BTreeMap<NodeId, usize> = BTreeMap::new();
        for (place, link) in links.iter().enumerate() {
            order.insert(link.id, place);
            let Some(target) = named.get(link.target.as_str()).and_then(|id| page.tree.get(*id)) else { continue };
            // The place itself, or a link within it, leads back.
            let back = std::iter::once(target)
                .chain(target.descendants().take(NEAR))
                .filter_map(|node| at.get(&node.id()).and_then(|at| links.get(*at)))
                .find(|other| other.id != link.id && link.names.contains(&other.target));
            let Some(back) = back else { continue };
            let after = at.get(&back.id).is_some_and(|at| *at > place);
            let short = page.tree.get(link.id).and_then(ElementRef::wrap).is_some_and(|e| {
                let text: String = e.text().collect();
                (1..=MARK_LETTERS).contains(&text.trim().chars().count())
            });
            if after && short && !notes.backs.contains_key(&back.id) && !notes.marks.contains_key(&back.id) {
                let index = notes.marks.len();
                notes.marks.insert(link.id, index);
                notes.backs.insert(back.id, index);
            }
        }
        let backs: Vec<(NodeId, usize)> = notes.backs.iter().map(|(id, index)| (*id, *index)).collect();
        for (back, index) in backs {
            if let Some(body) = notes.body_around(page, back) {
                notes.bodies.entry(body).or_insert(index);
            }
        }
        notes
    }

    /// The paragraph around a link back, or the part around it that holds no other note.
    fn body_around(&self, page: &Html, back: NodeId) -> Option<NodeId> {
        let element = |name: &str| matches!(name, "p" | "div" | "li" | "dd" | "aside" | "td");
        let mut found = None;
        for node in page.tree.get(back)?.ancestors() {
            let Node::Element(value) = node.value() else { break };
            if !element(value.name()) {
                if found.is_some() || matches!(value.name(), "body" | "html" | "table" | "ol" | "ul" | "section") {
                    break;
                }
                continue;
            }
            let within: Vec<_> = node.descendants().take(NEAR).collect();
            let others = within.iter().filter(|n| self.backs.contains_key(&n.id()) && n.id() != back).count();
            let marked = within.iter().any(|n| self.marks.contains_key(&n.id()));
            if others > 0 || within.len() == NEAR || found.is_some() && marked {
                break;
            }
            found = Some(node.id());
        }
        found
    }
}

/// The names that a link back may lead to: the link's own, and that of the element around it.
fn names_around(element: ElementRef<'_>) -> Vec<String> {
    let own =
        |e: &ElementRef<'_>| ["id", "name"].iter().filter_map(|n| e.attr(n)).map(str::to_owned).collect::<Vec<_>>();
    let mut names = own(&element);
    names.extend(element.ancestors().filter_map(ElementRef::wrap).take(2).flat_map(|e| own(&e)));
    names.extend(element.descendants().skip(1).take(4).filter_map(ElementRef::wrap).flat_map(|e| own(&e)));
    names
}
