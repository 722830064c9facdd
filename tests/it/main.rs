mod annex;
mod marks;
mod reports;
mod score;
