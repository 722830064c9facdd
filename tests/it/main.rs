mod annex;
mod fixtures;
