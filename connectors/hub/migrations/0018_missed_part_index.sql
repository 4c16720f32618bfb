-- A part that is kept stays where it stood: positions of links and pictures go by it.

alter table missed_part add column list_index int not null default 0;

drop function list_parts;
create function list_parts(list jsonb) returns table (name text, entry jsonb, list_index int) language sql immutable as $$
  select case jsonb_typeof(e) when 'object' then coalesce(e ->> 'uuid', e ->> 'identifier', e ->> 'code') else e #>> '{}' end, e, (at - 1)::int
  from jsonb_array_elements(case jsonb_typeof(list) when 'array' then list else '[]' end) with ordinality as parts (e, at)
$$;
