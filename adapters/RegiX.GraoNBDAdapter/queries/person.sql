SELECT p.egn, p.first_name, p.sur_name, p.family_name, p.alias,
       p.latin_first, p.latin_sur, p.latin_family,
       p.foreign_first, p.foreign_sur, p.foreign_family,
       p.sex, p.born, p.died, p.birthplace,
       c.code AS country_code, c.name AS country_name,
       d.code AS second_code, d.name AS second_name
  FROM person p
  JOIN country c ON c.code = p.country
  LEFT JOIN country d ON d.code = p.second_country
 WHERE p.egn = :egn
