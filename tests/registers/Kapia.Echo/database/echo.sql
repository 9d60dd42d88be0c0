CREATE TABLE cell (name TEXT PRIMARY KEY, text);
INSERT INTO cell (name, text) VALUES
  ('markup', '<Text>]]>&amp;"''</Text><!-- ТАЙНА -->'),
  ('nul', 'ТАЙНА' || char(0) || 'ТАЙНА'),
  ('control', 'ТАЙНА' || char(27)),
  ('encoding', CAST(x'd0a2d090d09900ff' AS TEXT)),
  ('large', printf('%.1000000c', 'x')),
  ('blob', x'00ff10'),
  ('number', 1.5),
  ('null', NULL);
