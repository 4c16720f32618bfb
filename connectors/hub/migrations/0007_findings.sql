-- What a translation left out of a record that goes out all the same: a barcode with a wrong check digit, a file that is not there.
create table finding (
  connection text not null,
  output text not null,
  stream text not null,
  key text not null,
  position integer not null,
  code text not null,
  field text,
  message text not null,
  remedy text not null,
  primary key (connection, output, stream, key, position)
);
