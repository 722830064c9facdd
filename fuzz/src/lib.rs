//! The reading rooms of `tonghop`, built alone: with the rest of the program, every instrumented build would build Polars.

#[path = "../../src/input/mod.rs"]
pub mod input;
#[path = "../../src/text/mod.rs"]
pub mod text;
