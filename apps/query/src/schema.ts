import { CreateLogPosition1790000000003, LogPosition, type Schema } from '#database';
import { CreateReadModel1790000000120 } from '../migrations/1790000000120-create-read-model.js';
import { MarkParkedComments1790000000310 } from '../migrations/1790000000310-mark-parked-comments.js';
import { IndexCommentsOfPost1790000000320 } from '../migrations/1790000000320-index-comments-of-post.js';
import { RecordedChange } from './changes/recorded-change.entity.js';
import { CommentRow } from './read-model/comment-row.entity.js';
import { PostRow } from './read-model/post-row.entity.js';

/** What the database of query holds. */
export const querySchema: Schema = {
  entities: [PostRow, CommentRow, RecordedChange, LogPosition],
  migrations: [
    CreateLogPosition1790000000003,
    CreateReadModel1790000000120,
    MarkParkedComments1790000000310,
    IndexCommentsOfPost1790000000320,
  ],
};
