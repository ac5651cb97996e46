"""How Alembic reaches the record: over the connection that the archive hands it."""

from alembic import context

from interviewer.record.archive import metadata

context.configure(connection=context.config.attributes["connection"], target_metadata=metadata, render_as_batch=True)
with context.begin_transaction():
    context.run_migrations()
