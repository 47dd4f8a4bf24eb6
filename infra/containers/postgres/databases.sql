-- Runs once, when PostgreSQL's volume is new: a role and a database for each service that has one. A role can open its
-- own database and no other.

\getenv posts_password POSTS_DB_PASSWORD
\getenv comments_password COMMENTS_DB_PASSWORD
\getenv moderation_password MODERATION_DB_PASSWORD

CREATE ROLE posts LOGIN PASSWORD :'posts_password';
CREATE ROLE comments LOGIN PASSWORD :'comments_password';
CREATE ROLE moderation LOGIN PASSWORD :'moderation_password';

CREATE DATABASE posts OWNER posts;
CREATE DATABASE comments OWNER comments;
CREATE DATABASE moderation OWNER moderation;

-- By default everybody may connect to every database.
REVOKE ALL ON DATABASE posts, comments, moderation, postgres, template1 FROM PUBLIC;
