-- Version 4 of the catalogue: what the listings of the WAL archives say.
-- PostgreSQL 12 and newer.

-- When each archive of a server was last listed. Replaced with its ranges by each import of a listing.
CREATE TABLE backup_metrics.archive_listing (
  server       text COLLATE "C" NOT NULL CHECK (server <> ''),
  storage      text COLLATE "C" NOT NULL CHECK (storage <> ''),     -- a server may have several archives
  listed_at    timestamptz,                                         -- when the listing was made; null: none was ever read
  imported_at  timestamptz NOT NULL,                                -- when an import was last tried
  segment_size bigint CHECK (segment_size BETWEEN 1048576 AND 1073741824), -- null: the listing does not tell
  names        bigint CHECK (names >= 0),                           -- how many segments it names
  error        text,                                                -- why the last import was refused, if it was: then the rest is older
  PRIMARY KEY (server, storage)
);

-- What the archive holds, as ranges: not a row a segment. A place is the name of a segment after its timeline, as a number:
-- its first eight digits times 2^32 plus its last eight. A range goes on from one first part to the next only where the size of
-- a segment is known. segments: whole ones. partial: the last, unfinished segment of a timeline. history: a timeline's history
-- file, at place 0. backup: a backup history file, at the segment in which that backup begins.
CREATE TABLE backup_metrics.archive_range (
  server        text COLLATE "C" NOT NULL,
  storage       text COLLATE "C" NOT NULL,
  kind          text COLLATE "C" NOT NULL CHECK (kind IN ('segments', 'partial', 'history', 'backup')),
  timeline      bigint NOT NULL CHECK (timeline > 0),
  first_segment bigint NOT NULL CHECK (first_segment >= 0),
  last_segment  bigint NOT NULL,
  newest_at     timestamptz,                                        -- when its last segment was stored; null: the listing does not tell
  PRIMARY KEY (server, storage, kind, timeline, first_segment) INCLUDE (last_segment, newest_at),
  FOREIGN KEY (server, storage) REFERENCES backup_metrics.archive_listing ON DELETE CASCADE,
  CHECK (last_segment >= first_segment)
);
