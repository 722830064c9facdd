//! Source text with what its reader knows of the layout, its comparison form, and tokens. Knows no domain.

mod fold;
mod layout;
mod source;
mod token;

pub use fold::{bare, fold, fold_into};
pub use layout::{Grid, GridCell, Layout, NoteLink, Place, Remark, RemarkKind};
pub use source::{SourceText, normal_form};
pub use token::{NOT_A_WORD, Token, TokenKind, Vocabulary, WordId, digits, tokenize};
