-- When a worker last named the output in its configuration, or made records by it because that names none. Null: no worker that notes it.
alter table output_mapping add column named_at timestamptz;
