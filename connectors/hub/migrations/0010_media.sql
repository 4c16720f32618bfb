-- Files that published records name, what is known of them, and who names them. Filled for connections that collect files only.

-- `origin` and `code`: where Akeneo hands the file out, and under which name. A code is one content for ever: a picture that is
-- replaced comes under another.
create table media_file (
  connection text not null,
  origin text not null,
  code text not null,
  -- Files are fetched in the order in which records named them, so that those of one record come together.
  place bigint generated always as identity,
  -- Null until its bytes are in the store.
  sha256 text,
  size bigint,
  mime_type text,
  -- When it is asked for (again); null when there is nothing to do.
  due_at timestamptz default now(),
  -- How often in turn it could not be had, and why, once that is believed.
  failures integer not null default 0,
  reason text,
  message text,
  -- False: something became known of it, and the records that name it are still to be made anew.
  told boolean not null default true,
  -- Since when no record names it.
  orphan_since timestamptz,
  primary key (connection, origin, code)
);
create index media_file_due on media_file (connection, due_at, place) where due_at is not null;
create index media_file_untold on media_file (connection, place) where not told;
create index media_file_hash on media_file (connection, sha256 collate "C");
create index media_file_orphan on media_file (connection) where orphan_since is not null;

-- Which stored record's publications name which file.
create table media_use (
  connection text not null,
  stream text not null,
  key text not null,
  origin text not null,
  code text not null,
  primary key (connection, stream, key, origin, code)
);
create index media_use_file on media_use (connection, origin, code);

-- Connections that collect files. Without a row, uses are not kept; with its first, everything stored is made anew to learn them.
create table media_collection (
  connection text primary key,
  begun_at timestamptz not null default now(),
  -- When the store was last compared with what is known, and up to which of its 256 parts this time.
  swept_at timestamptz not null default now(),
  sweep_part integer not null default 0
);
