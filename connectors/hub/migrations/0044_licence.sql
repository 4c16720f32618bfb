-- Under which of Icecat's licences a value was had, open or full; null: written before this was noted, or nothing of Icecat's.
alter table enrichment_value add column licence text;
