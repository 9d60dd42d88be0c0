-- 28 districts, 10 municipalities in each, 12 settlements in each, 16 streets in each. Everything is invented.

CREATE TABLE unit (
    code VARCHAR(8) PRIMARY KEY,
    parent VARCHAR(8),
    level SMALLINT NOT NULL,
    name VARCHAR(100) NOT NULL
);

CREATE TABLE noun (number INTEGER PRIMARY KEY, name VARCHAR(30) NOT NULL);
INSERT INTO noun (number, name) VALUES
  (1, 'порта'), (2, 'капия'), (3, 'дъбрава'), (4, 'чешма'), (5, 'пътека'), (6, 'поляна'), (7, 'скала'),
  (8, 'вода'), (9, 'върба'), (10, 'липа'), (11, 'круша'), (12, 'ябълка'), (13, 'воденица'), (14, 'мелница'),
  (15, 'пещера'), (16, 'долина'), (17, 'могила'), (18, 'река'), (19, 'ливада'), (20, 'кория'), (21, 'кула'),
  (22, 'градина'), (23, 'нива'), (24, 'усойна'), (25, 'ракита'), (26, 'стена'), (27, 'седловина'), (28, 'равнина');

CREATE TABLE adjective (number INTEGER PRIMARY KEY, name VARCHAR(30) NOT NULL);
INSERT INTO adjective (number, name) VALUES
  (1, 'Горна'), (2, 'Долна'), (3, 'Стара'), (4, 'Нова'), (5, 'Бяла'),
  (6, 'Черна'), (7, 'Голяма'), (8, 'Малка'), (9, 'Тиха'), (10, 'Студена');

CREATE TABLE tree (number INTEGER PRIMARY KEY, name VARCHAR(30) NOT NULL);
INSERT INTO tree (number, name) VALUES
  (1, 'Бреза'), (2, 'Бор'), (3, 'Бук'), (4, 'Бъз'), (5, 'Габър'), (6, 'Глог'), (7, 'Дрян'), (8, 'Дъб'),
  (9, 'Ела'), (10, 'Елша'), (11, 'Клен'), (12, 'Леска'), (13, 'Смърч'), (14, 'Топола'), (15, 'Явор'), (16, 'Ясен');

INSERT INTO unit (code, parent, level, name)
SELECT printf('%02d', n.number), NULL, 1, 'Област Каменна ' || n.name FROM noun n;

INSERT INTO unit (code, parent, level, name)
SELECT d.code || printf('%02d', a.number), d.code, 2, 'Община ' || a.name || ' ' || n.name
  FROM unit d JOIN noun n ON n.number = CAST(d.code AS INTEGER) CROSS JOIN adjective a
 WHERE d.level = 1;

INSERT INTO unit (code, parent, level, name)
SELECT m.code || printf('%02d', n.number), m.code, 3, 'с. ' || substr(m.name, 8, instr(substr(m.name, 8), ' ')) || n.name
  FROM unit m JOIN noun n ON n.number <= 12
 WHERE m.level = 2;

INSERT INTO unit (code, parent, level, name)
SELECT s.code || printf('%02d', t.number), s.code, 4, 'ул. „' || t.name || '“'
  FROM unit s CROSS JOIN tree t
 WHERE s.level = 3;
