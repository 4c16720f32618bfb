-- Values that records were read without although they had them. See docs/adr/0011-emptied-values.md.

-- 'open': read without it, and nobody knows yet whether a person emptied it or it went out of sight; until then the record is not
-- published. 'frozen': it went out of sight, so the stored record keeps it as it was shown last.
create table emptied_value (
  connection text not null,
  stream text not null,
  key text not null,
  attribute text not null,
  -- Empty where the value has none.
  locale text not null,
  scope text not null,
  entry jsonb not null,
  state text not null default 'open',
  -- Why it is frozen.
  why text,
  run bigint,
  since timestamptz not null default now(),
  primary key (connection, stream, key, attribute, locale, scope)
);
create index emptied_value_open on emptied_value (connection) where state = 'open';

-- More values of one attribute were emptied in one run than an output lets pass unasked. 'held' ones wait for a person, who makes
-- them 'approved' or 'rejected'.
create table emptied_plan (
  id bigint generated always as identity primary key,
  connection text not null,
  output text not null,
  run bigint references run (id) on delete set null,
  state text not null,
  -- What was emptied how often: [{stream, attribute, locale, emptied, filled}].
  fields jsonb not null,
  -- Part of the filled values that may be emptied without a person, 0 to 1.
  guard double precision not null,
  created_at timestamptz not null default now(),
  decided_at timestamptz,
  decided_by text
);
create index emptied_plan_state on emptied_plan (connection, state);

-- Records that an output keeps as they are because of a plan. One row for each value, so that a value that is filled again frees its record.
create table emptied_hold (
  plan bigint not null references emptied_plan (id) on delete cascade,
  connection text not null,
  output text not null,
  stream text not null,
  key text not null,
  attribute text not null,
  locale text not null,
  scope text not null,
  primary key (plan, stream, key, attribute, locale, scope)
);
create index emptied_hold_record on emptied_hold (connection, stream, key);

-- Whether there is something in a value: an amount that is null is an empty box on Akeneo's screen.
create function value_is_filled(data jsonb) returns boolean language sql immutable as $$
  select coalesce(data not in ('null', '""', '[]', '{}'), false) and not data @> '{"amount": null}'
    and not (data @> '[{"amount": null}]' and not jsonb_path_exists(data, '$[*] ? (@.amount != null)'))
$$;

-- Whether a product or model has this value; empty locale and scope stand for none.
create function source_has_value(source jsonb, attribute text, locale text, scope text) returns boolean language sql immutable as $$
  select exists (
    select from jsonb_array_elements(
      case jsonb_typeof(source -> 'values' -> attribute) when 'array' then source -> 'values' -> attribute else '[]' end) as v (entry)
    where coalesce(v.entry ->> 'locale', '') = locale and coalesce(v.entry ->> 'scope', '') = scope
      and value_is_filled(v.entry -> 'data'))
$$;
