-- How far the comparison of a mapping is, so that another worker goes on there: {execution, stream, after, diff}.
alter table mapping_change add column progress jsonb;
