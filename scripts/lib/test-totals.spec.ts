import { describe, expect, it } from 'vitest';
import { totalsLine, totalsOf } from './test-totals.mjs';

const report = {
  success: true,
  numPassedTests: 3,
  numFailedTests: 0,
  numPendingTests: 1,
  numTodoTests: 1,
  testResults: [{ status: 'passed', assertionResults: [{ status: 'passed' }] }],
};

describe('totalsOf', () => {
  it('counts tests', () => {
    expect(totalsOf(report)).toEqual({ passed: 3, failed: 0, skipped: 2 });
  });

  it('counts a file that could not be run as failed', () => {
    const testResults = [
      ...report.testResults,
      { status: 'failed', assertionResults: [] },
      { status: 'failed', assertionResults: [{ status: 'failed' }] },
    ];
    expect(totalsOf({ ...report, success: false, numFailedTests: 1, testResults }).failed).toBe(2);
  });

  it('counts a run that failed outside of any test as failed', () => {
    expect(totalsOf({ ...report, success: false }).failed).toBe(1);
  });
});

describe('totalsLine', () => {
  it('mentions skipped tests only when there are any', () => {
    expect(totalsLine({ passed: 3, failed: 0, skipped: 0 })).toBe('3 passed, 0 failed');
    expect(totalsLine({ passed: 3, failed: 1, skipped: 2 })).toBe('3 passed, 1 failed, 2 skipped');
  });
});
