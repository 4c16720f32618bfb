-- Who else is asked for by a product's GTINs is found along an index, not by reading all chosen products. Each product has a GTIN once.
create function gtins_of(identifiers jsonb) returns jsonb language sql immutable parallel safe as $$
  select jsonb_path_query_array(identifiers, '$[*].gtin')
$$;
create index enrichment_product_gtin on enrichment_product using gin (gtins_of(identifiers));
