-- When a record that waits for its partners was last looked at for parts that nobody has read; null: not yet.
alter table waiting add column looked_at timestamptz;
