-- The archiver's statistics, its settings, and the WAL lag derived from them. Any login; PostgreSQL 12 to 18, standby too.
-- The lag is null while last_archived_wal names a backup history or timeline file, after a crash, and on a standby.
-- archive_command itself is not fetched, because it may contain secrets. Reported are: the tool that it calls; `discards`, why it succeeds
-- without storing anything; `may_overwrite`, whether it may give each segment the same name; and `may_skip`, whether it may succeed without
-- storing a segment. First, comments, redirections of errors and wrappers (sudo, timeout, sh -c '...') are removed. A # begins a comment
-- only outside quotes.
-- `reading`: programs that read the content of %p, and so do not pass its name on. If %f is missing, too, the segment is stored under no
-- name of its own.
-- `fixed_copy`: copies to a fixed name without %f, unless that is a directory, which the server cannot see.
-- `no_op`: programs that do nothing with a file's content, unless they get it by < or from the output of another command.
-- `conditional`: succeeds without storing while a condition holds that is not about this segment, such as a folder that is not mounted.
WITH setting AS (
  SELECT current_setting('archive_mode') AS archive_mode,
         pg_size_bytes(current_setting('wal_segment_size')) AS segment_size,
         coalesce(nullif(current_setting('archive_library', true), ''), '') AS library,
         coalesce(nullif(current_setting('archive_command'), '(disabled)'), '') AS command
), command AS (
  SELECT btrim(
           regexp_replace(
             regexp_replace(
               regexp_replace(command, '("[^"]*"|''[^'']*'')|(^|\s)#[^\n]*', '\1', 'g'),
               '\s*(\d*>&\s*\d|2>>?\s*\S+)', '', 'g'),
             '^\s*((\S*/)?(env|exec|command|nice|ionice|nohup|sudo|doas|busybox|timeout|setsid|stdbuf|time)\s+'
               '((-u\s+\S+|-n\s+-?\d+|-c\s+\d|-s\s+\w+|-k\s+\d\S*|-\S+|\w+=\S*|\d+(\.\d+)?[smhd]?)\s+)*)*'
               '((\S*/)?(ba|da|z|k)?sh\s+-\w*c\s+)?', ''),
           E' \t\r\n;(){}"''') AS stripped,
         '(\S*/)?(true|:|echo|printf|cd|sleep|test|\[|ls|touch|logger(?!\s[^;&|]*-f)|rm|unlink|mkdir|date|sync|exit(?!\s+[1-9$]))'
           '(\s[^;&|$`<]*)?' AS no_op,
         '\(?\s*((\S*/)?(env\s+)?(true|:|echo|printf|logger|touch|date|sleep|wait|rm|mailx?|test|sync|ls)(\s[^;&|]*)?|exit\s+0)$' AS succeeds,
         '(\S*/)?(cat|gzip|pigz|zstd|lz4|xz|bzip2|lzop|openssl|gpg|dd|head|tail|\w+sum|file|stat|wc|ls|test|\[)\s[^|;&<>%]*%p' AS reading,
         '(^|[;&|({]\s*)(\S*/)?(aws\s+s3\s+|gsutil\s+|mc\s+)?(cp|mv|ln|install|rsync|scp)\s[^|;&<>]*%p["'']?\s+'
           '(?!["'']?/dev/null|\w+://[^/\s]+/?(\s|$)|\S+::\w+(\s|$))\S*[^/\s:."'']["'']?\s*($|[;&|)])' AS fixed_copy,
         '^(!\s+)?(\S*/)?(test|\[|\[\[|mountpoint|findmnt|pgrep|grep)\s[^|&;%]*\|\|\s*(?!exit|false)[^|&;]*%p|'
           '^[^%]*(\|\||&&)\s*exit\s+0\s*;.*%p|^if\s[^;%]*;\s*then\M(?!.*\mel(se|if)\M).*%p.*;\s*fi$' AS conditional
  FROM setting
)
SELECT archive_mode,
       library <> '' OR setting.command <> '' AS has_command,
       CASE WHEN library <> '' THEN NULL WHEN setting.command ~ 'wal-g' THEN 'wal-g' WHEN setting.command ~ 'pghoard' THEN 'pghoard' END AS tool,
       CASE WHEN library = '' AND setting.command ~ 'pghoard' THEN substring(setting.command FROM '--site[ =]+["'']?([^ "'']+)') END AS site,
       archived_count,
       extract(epoch FROM last_archived_time)::float8 AS last_archived,
       failed_count,
       extract(epoch FROM last_failed_time)::float8 AS last_failed,
       CASE WHEN NOT pg_is_in_recovery() AND last_archived_wal ~ '^[0-9A-F]{24}$' THEN
         greatest(0, (pg_current_wal_lsn() - '0/0'::pg_lsn)
           - (('x' || substr(last_archived_wal, 9, 8))::bit(32)::bigint * 4294967296
              + (('x' || substr(last_archived_wal, 17, 8))::bit(32)::bigint + 1) * segment_size))::bigint END AS unarchived,
       CASE
         WHEN library <> '' OR setting.command = '' THEN NULL
         WHEN stripped = '' THEN 'nothing'
         WHEN stripped ~ '^(\S*/)?sleep\s+(infinity|\d{3,}|\d*\.?\d+[mhd])' THEN NULL -- It waits: until then nothing is thrown away.
         WHEN stripped ~ ('^(' || no_op || ')(\s*(;|&&|\|\||&|\|)\s*(' || no_op || '))*$')
           THEN substring(stripped FROM '(true|:|echo|printf|cd|sleep|test|\[|ls|touch|logger|rm|unlink|mkdir|date|sync|exit)')
         WHEN stripped ~ ('%p["'']?\s+["'']?/dev/null|of=/dev/null|^' || reading || '[^|;&]*>\s*/dev/null') THEN '/dev/null'
         WHEN stripped ~ '\m(exit\s+[1-9$]|set\s+-e|pipefail|PIPESTATUS)|(^|[;&|(\s])(\S*/)?(false\s*($|[;&|)])|kill\s)' THEN NULL
         WHEN setting.command !~ '%[pf]' THEN 'no %p'
         WHEN setting.command !~ '%f|[$`]' AND regexp_replace(stripped, '<\s*["'']?%p|(^|[|;&(\s])' || reading, '', 'g') !~ '%p' THEN 'no %f'
         WHEN stripped ~ ('\|\|\s*' || succeeds) THEN '|| true'
         WHEN stripped ~ (';\s*' || succeeds) THEN '; true'
         WHEN stripped ~ '(^|[^&>])&$' THEN '&'
         WHEN stripped ~ '(^|[^|])\|\s*(\S*/)?(tee|logger|cat|ts|systemd-cat)(\s[^;&|%>]*)?$' THEN '| tee'
       END AS discards,
       library = '' AND setting.command !~ '%f|[$`]' AND stripped ~ fixed_copy AS may_overwrite,
       library = '' AND stripped ~ conditional AS may_skip,
       CASE WHEN NOT pg_is_in_recovery() THEN (pg_current_wal_lsn() - '0/0'::pg_lsn)::bigint END AS written,
       extract(epoch FROM stats_reset)::float8 AS statistics_begin,
       extract(epoch FROM pg_postmaster_start_time())::float8 AS started
FROM setting CROSS JOIN command CROSS JOIN pg_stat_archiver
