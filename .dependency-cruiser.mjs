/** Which way imports may run. Each rule says why, and is what a violation prints. */
const rule = (name, comment, from, to) => ({ name, comment, severity: 'error', from, to });

export default {
  forbidden: [
    rule(
      'apps-stand-alone',
      'No app imports another: what services share is in libs/contracts, and everything else they tell each other travels as events.',
      { path: '^apps/([^/]+)/src' },
      { path: '^apps/', pathNot: '^apps/$1/' },
    ),
    rule(
      'libs-do-not-know-apps',
      'Libraries are used by apps and know none of them, so that a new app changes no library.',
      { path: '^libs/' },
      { path: '^(apps|test)/' },
    ),
    rule(
      'contracts-import-nothing-of-ours',
      'Contracts are what everybody agrees on: they depend on nothing that only some of us use.',
      { path: '^libs/contracts/' },
      { path: '^(apps|libs/(?!contracts/))' },
    ),
    rule(
      'database-knows-no-messaging',
      'Storing comes before sending: libs/database knows neither events nor HTTP.',
      { path: '^libs/database/src' },
      { path: '^libs/(messaging|service|testing)/' },
    ),
    rule(
      'messaging-knows-no-http',
      'libs/messaging moves events and knows nothing of HTTP.',
      { path: '^libs/messaging/src' },
      { path: '^libs/(service|testing)/' },
    ),
    rule(
      'testing-is-for-tests',
      'libs/testing is not part of what runs in production.',
      { pathNot: '(^libs/testing/|^test/|/test/|\\.spec\\.ts$)' },
      { path: '^libs/testing/' },
    ),
    rule(
      'amqp-in-one-place',
      'Only libs/messaging speaks AMQP (and libs/testing, to listen in): how events stay safe is decided once.',
      { path: '^(apps|libs|test)/', pathNot: '^libs/(messaging|testing)/' },
      { path: 'node_modules/(amqplib|amqp-connection-manager)/' },
    ),
    rule(
      'client-knows-types-only',
      "The web client takes only types from libs/contracts: a value would bring zod into the page's bundle.",
      { path: '^apps/client/src' },
      { path: '^(apps/(?!client/)|libs/)', dependencyTypesNot: ['type-only'] },
    ),
    rule(
      'libs-through-their-index',
      'A library is imported by its name (#contracts), so that its inside can change.',
      { path: '^(apps|test|infra)/' },
      { path: '^libs/[^/]+/src/(?!index\\.ts$)' },
    ),
    rule(
      'scripts-come-first',
      'Scripts run before anything is installed: they import only Node and each other.',
      { path: '^scripts/', pathNot: '\\.spec\\.ts$' },
      { path: '(^(apps|libs|test|bench|chaos)/|node_modules/)' },
    ),
    rule('no-cycles', 'Two modules that import each other are one module in two files.', {}, { circular: true }),
    rule('no-unresolvable', 'Every import must lead somewhere.', {}, { couldNotResolve: true }),
    rule(
      'no-dev-dependencies-in-production',
      'What runs in production is in dependencies, not devDependencies.',
      { path: '^(apps/(?!client/)[^/]+/src|libs/(?!testing/)[^/]+/src)', pathNot: '\\.spec\\.ts$' },
      { dependencyTypes: ['npm-dev'], dependencyTypesNot: ['type-only'] },
    ),
  ],
  options: {
    doNotFollow: { path: 'node_modules' },
    exclude: { path: '(^|/)dist/' },
    tsPreCompilationDeps: true,
    tsConfig: { fileName: 'tsconfig.json' },
    enhancedResolveOptions: { conditionNames: ['source', 'import', 'node', 'default'], exportsFields: ['exports'] },
  },
};
