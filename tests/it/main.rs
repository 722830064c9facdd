mod annex;
mod fixtures;
mod marks;
mod reports;
mod score;
