-- The output of a connection whose configuration names none: chosen once, so that a channel which comes later does not take its place.
alter table output_mapping add column by_default boolean not null default false;
create unique index output_mapping_by_default on output_mapping (connection) where by_default;
