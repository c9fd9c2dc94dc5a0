"""Tables, repositories and migrations: the only room with SQL."""
