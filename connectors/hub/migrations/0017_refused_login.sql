-- Akeneo refused to log the connection in: it is not asked again before ask_at, by nobody who has asked before. See connectors/hub/tokens.ts.
alter table akeneo_token
  -- In a row; 0: it is well.
  add column refusals integer not null default 0,
  add column refused_since timestamptz,
  add column ask_at timestamptz not null default '-infinity',
  -- Of the last one: {code, asked, came, remedy}.
  add column refusal jsonb;
