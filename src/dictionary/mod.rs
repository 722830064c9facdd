//! What an office may change: the template files, read, checked and compiled.

pub mod builtin;
pub mod geography;
pub mod register;
pub mod templates;
