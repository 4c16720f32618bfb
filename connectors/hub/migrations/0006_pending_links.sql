-- Records that name something which is not there: few, and the morning page asks for them without reading every document.
create index hub_record_pending on hub_record (connection, output) where body ? 'pending';
