-- What the run cost Temporal, counted when somebody looks at it after its end; null until then.
alter table run add column actions integer;
