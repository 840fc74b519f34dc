"""SQLAlchemy models, repositories, migrations, conversation storage and encryption at rest."""
