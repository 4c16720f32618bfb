-- Parts of lists that records were read without although they had them. See docs/adr/0011-emptied-values.md.

-- 'open': nobody knows yet whether a person took it out or it went out of sight; until then the record is not published. 'frozen': it
-- went out of sight, so the stored record keeps it.
create table missed_part (
  connection text not null,
  stream text not null,
  key text not null,
  -- The list in the record's source.
  place text[] not null,
  name text not null,
  -- The stored record that it names. Whether that can be seen tells the two apart.
  target_stream text not null,
  target text not null,
  entry jsonb not null,
  state text not null default 'open',
  -- Why it is frozen.
  why text,
  run bigint,
  since timestamptz not null default now(),
  primary key (connection, stream, key, place, name)
);
create index missed_part_open on missed_part (connection) where state = 'open';

-- The parts of a list, and what each names.
create function list_parts(list jsonb) returns table (name text, entry jsonb) language sql immutable as $$
  select case jsonb_typeof(e) when 'object' then coalesce(e ->> 'uuid', e ->> 'identifier', e ->> 'code') else e #>> '{}' end, e
  from jsonb_array_elements(case jsonb_typeof(list) when 'array' then list else '[]' end) as e
$$;

-- Akeneo's codes are case-insensitive.
create function list_has(list jsonb, wanted text) returns boolean language sql immutable as $$
  select exists (select from list_parts(list) p where lower(p.name) = lower(wanted))
$$;
