-- Puts the best points of the grid beside the best trials; scripts/demo runs it after it has written both as JSON.
create temp view points as
  select 'grid' who, value ->> '$.metrics.aucpr' aucpr, value ->> '$.metrics.dollars_lost' lost,
         value ->> '$.metrics.accuracy' accuracy
  from json_each(readfile('build/demo/grid.json'))
  union all
  select 'tuned', value ->> '$.metrics.aucpr', value ->> '$.metrics.dollars_lost', value ->> '$.metrics.accuracy'
  from json_each(readfile('build/demo/trials.json'));

-- With one max() or min(), the other columns come from its row.
create temp view best as
  select who, 'aucpr' wanted, max(aucpr) aucpr, lost, accuracy from points group by who
  union all select who, 'money', aucpr, min(lost), accuracy from points group by who;

.mode column
.headers on
.width 28 8 18 9
select case who when 'grid' then 'best of the grid by ' else 'best of the trials by ' end || wanted as '',
       printf('%.4f', aucpr) as aucpr, printf('%.1f', lost) as 'lost/application', printf('%.3f', accuracy) as accuracy
from best;

.headers off
.mode list
select '';
select printf('Choosing the grid''s best by AUCPR loses %.1f an application, %.0f %% more than the best trial by money (%.1f).',
              grid.lost, 100 * (grid.lost / tuned.lost - 1), tuned.lost)
from best grid, best tuned
where grid.who = 'grid' and grid.wanted = 'aucpr' and tuned.who = 'tuned' and tuned.wanted = 'money';
