-- Which cluster this is: backups of another one do not fit its WAL. A bigint that stands for an unsigned one. PostgreSQL 12 to 18, standby too.
SELECT system_identifier FROM pg_control_system()
