"""Table models: ids from SQL, rows fetched when they are painted."""
