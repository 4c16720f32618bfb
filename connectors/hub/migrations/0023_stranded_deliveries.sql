-- A record that was held in the same request in which its parent was taken waited for it from then on, and nobody released it.
update delivery_queue q set behind = null, due_at = now()
where behind is not null and not exists (
  select from delivery_queue p
  where p.connection = q.connection and p.output = q.output and p.destination = q.destination and p.id = q.behind);
