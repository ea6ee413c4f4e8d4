import js from '@eslint/js';
import tseslint from 'typescript-eslint';

const environment = 'Only src/config reads the environment; take Settings instead.';
const publicNames = 'What the playground can do, anyone can: take what @pullcord/client exports.';
const nodeGlobals = ['process', 'console', 'Buffer', 'URL', 'fetch', 'performance', 'AbortController'].concat(
  ['setTimeout', 'setInterval', 'setImmediate', 'clearTimeout', 'clearInterval', 'TextDecoder'],
);

export default tseslint.config(
  {
    ignores: [
      'node_modules',
      'dist',
      'dist.*',
      'data',
      '.tmp',
      'test/contract/client',
      '**/generated/**',
      '**/dist/**',
      '**/dist.*/**',
    ],
  },
  js.configs.recommended,
  {
    files: ['**/*.{js,mjs,cjs}'],
    languageOptions: {
      globals: Object.fromEntries(nodeGlobals.map((name) => [name, 'readonly'])),
    },
  },
  {
    files: ['**/*.{ts,tsx}'],
    extends: [tseslint.configs.base],
    languageOptions: { parserOptions: { projectService: true } },
    linterOptions: { reportUnusedDisableDirectives: 'error' },
    rules: {
      // The compiler does these better.
      'no-undef': 'off',
      'no-unused-vars': 'off',
      'no-redeclare': 'off',
      'no-dupe-class-members': 'off',
      'no-unused-private-class-members': 'off',

      eqeqeq: ['error', 'always', { null: 'ignore' }],
      'prefer-const': 'error',
      'no-restricted-syntax': [
        'error',
        { selector: 'TSEnumDeclaration', message: 'Use a union.' },
        {
          selector: 'TSAsExpression > TSAsExpression',
          message: 'A double cast hides a mistake; parse instead.',
        },
        {
          selector: 'CallExpression[callee.name="forwardRef"]',
          message: 'A circle; move what both need down.',
        },
      ],

      '@typescript-eslint/no-explicit-any': 'error',
      '@typescript-eslint/no-non-null-assertion': 'error',
      '@typescript-eslint/ban-ts-comment': 'error',
      '@typescript-eslint/no-floating-promises': 'error',
      '@typescript-eslint/no-misused-promises': ['error', { checksVoidReturn: { arguments: false } }],
      '@typescript-eslint/await-thenable': 'error',
      '@typescript-eslint/return-await': ['error', 'error-handling-correctness-only'],
      '@typescript-eslint/only-throw-error': 'error',
      '@typescript-eslint/prefer-promise-reject-errors': 'error',
      '@typescript-eslint/no-unnecessary-type-assertion': 'error',
      '@typescript-eslint/switch-exhaustiveness-check': [
        'error',
        { considerDefaultExhaustiveForUnions: true },
      ],
      // Safe beside Nest: with emitDecoratorMetadata on, it leaves files with decorators alone.
      '@typescript-eslint/consistent-type-imports': ['error', { fixStyle: 'inline-type-imports' }],
    },
  },
  {
    files: ['src/**/*.ts'],
    ignores: ['src/config/**'],
    rules: {
      'no-restricted-properties': ['error', { object: 'process', property: 'env', message: environment }],
      'no-restricted-imports': ['error', { paths: [{ name: 'node:process', message: environment }] }],
    },
  },
  {
    files: ['playground/**/*.{ts,tsx}'],
    rules: {
      'no-restricted-imports': [
        'error',
        {
          patterns: [
            { regex: '(^|/)client/(src|dist)/|^@pullcord/client/(?!(api|react)$)', message: publicNames },
          ],
        },
      ],
    },
  },
  { files: ['src/**/*.ts'], rules: { 'no-console': 'error' } },
);
