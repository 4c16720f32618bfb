-- Whether what a page names is rejected is asked by key and by code, with each page: among many rejections, too, without reading them all.
create index rejection_code on rejection (connection, stream, lower(code));
