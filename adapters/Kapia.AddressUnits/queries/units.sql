-- The codes below a unit begin with its code, so that a range of the key finds them.
SELECT code, parent, level, name
  FROM unit
 WHERE (:under IS NULL OR (code >= :under AND code < :under || 'x'))
   AND (:level IS NULL OR level = :level)
 ORDER BY code
