import { z } from 'zod';
import { Id, PageQuery, Timestamp, Version } from './common.js';

/** What one rule says about one text. */
export const Decision = z.enum(['approve', 'reject', 'review']);
export type Decision = z.infer<typeof Decision>;

/** Why a comment was judged as it was: the rule (or `person`), its decision, and a sentence. */
export const VerdictReason = z.object({ rule: z.string(), decision: Decision, reason: z.string() });
export type VerdictReason = z.infer<typeof VerdictReason>;

/** Where a case stands: judged, or waiting for a person. */
export const CaseState = z.enum(['approved', 'rejected', 'review']);
export type CaseState = z.infer<typeof CaseState>;

/** A moderation case: one per comment, judged anew when the comment is edited. */
export const ModerationCase = z.object({
  commentId: Id,
  postId: Id,
  content: z.string(),
  commentVersion: Version,
  state: CaseState,
  reasons: z.array(VerdictReason),
  createdAt: Timestamp,
  updatedAt: Timestamp,
  version: Version,
});
export type ModerationCase = z.infer<typeof ModerationCase>;

/** Query string of `GET /moderation/cases`. */
export const ListCases = PageQuery.extend({ state: CaseState.optional() });
export type ListCases = z.infer<typeof ListCases>;

/** Body of `POST /moderation/cases/:commentId/verdict`: a person's decision. */
export const GiveVerdict = z.strictObject({
  status: z.enum(['approved', 'rejected']),
  reason: z.string().trim().min(1).max(500),
});
export type GiveVerdict = z.infer<typeof GiveVerdict>;
