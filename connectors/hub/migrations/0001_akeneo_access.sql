-- The right to call an Akeneo, shared by all workers: lanes, what its host asked for, tokens. Why: docs/adr/0002-lanes-and-tokens.md.
-- Only the database's clock counts here, never a worker's.

-- Each request takes a ticket before it is sent; a record is overwritten only by what a later ticket read.
create sequence read_ticket as bigint;

-- Limits of one Akeneo, whatever the connection.
create table akeneo_host (
  host text primary key,
  concurrency integer not null,
  per_second integer not null,
  -- Nobody calls before: set by a 429.
  not_before timestamptz not null default '-infinity'
);

-- The right to have one call under way: a call needs a lane of its connection and one of its host. Free once busy_until has
-- passed, so what a dead worker held comes back when Akeneo, too, has given up on its call.
create table lane (
  scope text not null check (scope in ('connection', 'host')),
  owner text not null,
  n integer not null,
  holder uuid,
  busy_until timestamptz not null default '-infinity',
  -- Host lanes: calls of one lane keep a distance, so that all of them together keep below per_second.
  next_start timestamptz not null default '-infinity',
  primary key (scope, owner, n)
) with (fillfactor = 50);

-- Live callers that found no lane: the next bulk call to start lends them its own.
create table lane_request (
  token uuid primary key,
  connection text not null,
  host text not null,
  asked_at timestamptz not null default clock_timestamp(),
  expires_at timestamptz not null
);

-- Makes the rows that a configuration asks for. Rows beyond a lowered number stay, and are not taken any more.
create function lane_configure(
  p_connection text, p_concurrency integer, p_host text, p_host_concurrency integer, p_per_second integer
) returns void language plpgsql as $$
begin
  insert into akeneo_host (host, concurrency, per_second) values (p_host, p_host_concurrency, p_per_second)
  on conflict (host) do update set concurrency = excluded.concurrency, per_second = excluded.per_second
  where (akeneo_host.concurrency, akeneo_host.per_second) is distinct from (excluded.concurrency, excluded.per_second);
  insert into lane (scope, owner, n)
  select 'connection', p_connection, n from generate_series(1, p_concurrency) as n
  union all
  select 'host', p_host, n from generate_series(1, p_host_concurrency) as n
  on conflict do nothing;
end $$;

-- Takes a free lane of the connection and one of the host for `p_token`, both or none; null columns when there is none.
-- A live caller that waits may have been lent one in the meantime.
create function lane_take(
  p_token uuid, p_connection text, p_concurrency integer, p_host text, p_lease interval, p_live boolean,
  out connection_lane integer, out host_lane integer
) language plpgsql as $$
declare
  moment timestamptz := clock_timestamp();
begin
  if p_live then
    -- Not while somebody is lending to it: that would make two of one.
    perform 1 from lane_request where token = p_token for update;
    select n into connection_lane from lane
      where scope = 'connection' and owner = p_connection and holder = p_token and busy_until > moment;
    select n into host_lane from lane
      where scope = 'host' and owner = p_host and holder = p_token and busy_until > moment;
    if connection_lane is not null and host_lane is not null then return; end if;
  end if;

  select n into connection_lane from lane
    where scope = 'connection' and owner = p_connection and n <= p_concurrency and busy_until <= moment
    order by n limit 1 for update skip locked;
  if connection_lane is not null then
    select l.n into host_lane from lane l join akeneo_host h on h.host = l.owner
      where l.scope = 'host' and l.owner = p_host and l.n <= h.concurrency and l.busy_until <= moment
      order by l.next_start, l.n limit 1 for update of l skip locked;
  end if;
  if host_lane is not null then
    update lane set holder = p_token, busy_until = moment + p_lease
      where (scope = 'connection' and owner = p_connection and n = connection_lane)
        or (scope = 'host' and owner = p_host and n = host_lane);
    if p_live then delete from lane_request where token = p_token; end if;
    return;
  end if;

  connection_lane := null;
  if p_live then
    delete from lane_request where expires_at < moment - interval '1 minute';
    insert into lane_request (token, connection, host, expires_at)
      values (p_token, p_connection, p_host, moment + interval '2 seconds')
      on conflict (token) do update set expires_at = excluded.expires_at;
  end if;
end $$;

-- Gives a bulk caller's lanes to the live caller that has waited longest and can use them; false when there is none. A live
-- caller of another connection gets the host's lane only, and one of its own connection that is free.
create function lane_lend(
  p_connection text, p_connection_lane integer, p_host text, p_host_lane integer, p_lease interval
) returns boolean language plpgsql as $$
declare
  moment timestamptz := clock_timestamp();
  asked lane_request%rowtype;
  own_lane integer;
begin
  -- Nearly always nobody waits: then this one look is all.
  select * into asked from lane_request r
    where r.host = p_host and r.expires_at > moment
      and (r.connection = p_connection or exists (
        select 1 from lane l where l.scope = 'connection' and l.owner = r.connection and l.busy_until <= moment))
    order by r.connection = p_connection desc, r.asked_at limit 1 for update of r;
  if not found then return false; end if;

  if asked.connection = p_connection then
    update lane set holder = asked.token, busy_until = moment + p_lease
      where scope = 'connection' and owner = p_connection and n = p_connection_lane;
  else
    select n into own_lane from lane
      where scope = 'connection' and owner = asked.connection and busy_until <= moment
      order by n limit 1 for update skip locked;
    if own_lane is null then return false; end if;
    update lane set holder = asked.token, busy_until = moment + p_lease
      where scope = 'connection' and owner = asked.connection and n = own_lane;
    update lane set holder = null, busy_until = '-infinity'
      where scope = 'connection' and owner = p_connection and n = p_connection_lane;
  end if;
  update lane set holder = asked.token, busy_until = moment + p_lease
    where scope = 'host' and owner = p_host and n = p_host_lane;
  delete from lane_request where token = asked.token;
  return true;
end $$;

-- Right before each request. `outcome`: go (after wait_ms, with this ticket, in this host lane: another one when that may
-- start sooner, so that a single caller is not held to one lane's share of the rate); later (not before wait_ms: the lane is kept, the
-- call is not counted); lent (to a live caller) or lost (to whoever came after busy_until): take a lane again.
create function lane_start(
  p_token uuid, p_connection text, p_connection_lane integer, p_concurrency integer,
  p_host text, p_host_lane integer, p_busy interval, p_longest_wait interval, p_lend boolean, p_lease interval,
  out outcome text, out ticket bigint, out wait_ms integer, out host_lane integer
) language plpgsql as $$
declare
  limits akeneo_host%rowtype;
  moment timestamptz;
  start_at timestamptz;
  spaced timestamptz;
  sooner record;
begin
  host_lane := p_host_lane;
  select * into limits from akeneo_host where host = p_host;
  perform 1 from lane
    where scope = 'connection' and owner = p_connection and n = p_connection_lane and holder = p_token for update;
  if found then
    select next_start into spaced from lane
      where scope = 'host' and owner = p_host and n = p_host_lane and holder = p_token for update;
  end if;
  if not found or p_connection_lane > p_concurrency or p_host_lane > limits.concurrency then
    perform lane_release(p_token, p_connection, p_connection_lane, p_host, p_host_lane);
    outcome := 'lost';
    return;
  end if;
  if p_lend and lane_lend(p_connection, p_connection_lane, p_host, p_host_lane, p_lease) then
    outcome := 'lent';
    return;
  end if;

  moment := clock_timestamp();
  if spaced > moment then
    select n, next_start into sooner from lane
      where scope = 'host' and owner = p_host and n <= limits.concurrency and busy_until <= moment and next_start < spaced
      order by next_start, n limit 1 for update skip locked;
    if found then
      update lane set holder = null, busy_until = '-infinity' where scope = 'host' and owner = p_host and n = host_lane;
      update lane set holder = p_token, busy_until = moment + p_busy where scope = 'host' and owner = p_host and n = sooner.n;
      host_lane := sooner.n;
      spaced := sooner.next_start;
    end if;
  end if;
  start_at := greatest(moment, spaced, limits.not_before);
  wait_ms := ceil(extract(epoch from start_at - moment) * 1000);
  if start_at - moment > p_longest_wait then
    outcome := 'later';
    return;
  end if;
  outcome := 'go';
  ticket := nextval('read_ticket');
  update lane set busy_until = start_at + p_busy
    where scope = 'connection' and owner = p_connection and n = p_connection_lane;
  update lane set busy_until = start_at + p_busy,
      next_start = start_at + make_interval(secs => limits.concurrency::double precision / limits.per_second)
    where scope = 'host' and owner = p_host and n = host_lane;
end $$;

-- Frees what `p_token` still holds.
create function lane_release(
  p_token uuid, p_connection text, p_connection_lane integer, p_host text, p_host_lane integer
) returns void language sql as $$
  update lane set holder = null, busy_until = '-infinity'
  where holder = p_token
    and ((scope = 'connection' and owner = p_connection and n = p_connection_lane)
      or (scope = 'host' and owner = p_host and n = p_host_lane));
$$;

-- Access and refresh tokens, encrypted; see connectors/hub/tokens.ts.
create table akeneo_token (
  connection text primary key,
  -- Grows with each grant: whoever was refused with an older one takes the newer one instead of another grant.
  version bigint not null default 0,
  key_id text,
  nonce bytea,
  sealed bytea,
  renew_at timestamptz not null default '-infinity'
);
