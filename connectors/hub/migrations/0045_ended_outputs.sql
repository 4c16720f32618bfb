-- An output that no worker has any more is marked by the one that finds it so, '-infinity', and no longer by two days without a word.
update output_mapping set named_at = '-infinity' where named_at <= now() - interval '48 hours';
