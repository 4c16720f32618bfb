-- What the configuration said of an output when its mapping was applied: channel, locales with their fallbacks, currencies. Without a mapping
-- file they make the records together with the defaults, so they are looked at like a file before they change records. `json`, because
-- the order of locales counts. Null until a worker of this version has started.
alter table output_mapping add column settings json;
-- Of a change without a mapping file.
alter table mapping_change add column settings json;
