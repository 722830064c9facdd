mod annex;
