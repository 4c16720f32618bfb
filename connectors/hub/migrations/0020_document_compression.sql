-- What is stored is documents of some kilobytes. lz4 packs them as small as the default does in half the time, where the server was built with it.
do $$
begin
  alter table source_record alter column source set compression lz4;
  alter table hub_record alter column body set compression lz4;
exception when feature_not_supported then
  null;
end
$$;
