-- Amounts of a price are parts of its list, by their currency.

create or replace function list_parts(list jsonb) returns table (name text, entry jsonb, list_index int) language sql immutable as $$
  select
    case jsonb_typeof(e)
      when 'object' then coalesce(e ->> 'uuid', e ->> 'identifier', e ->> 'code', e ->> 'currency')
      else e #>> '{}'
    end, e, (at - 1)::int
  from jsonb_array_elements(case jsonb_typeof(list) when 'array' then list else '[]' end) with ordinality as parts (e, at)
$$;

-- What a value says in one locale and channel, which are empty where it has none.
create function data_in(entries jsonb, wanted_locale text, wanted_scope text) returns jsonb language sql immutable as $$
  select e -> 'data' from jsonb_array_elements(case jsonb_typeof(entries) when 'array' then entries else '[]' end) as e
  where coalesce(e ->> 'locale', '') = wanted_locale and coalesce(e ->> 'scope', '') = wanted_scope
  limit 1
$$;

-- The list of a place: below `values` it is what one value says.
create function list_at(source jsonb, place text[]) returns jsonb language sql immutable as $$
  select case place[1] when 'values' then data_in(source -> 'values' -> place[2], place[3], place[4]) else source #> place end
$$;
