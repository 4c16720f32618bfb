import js from '@eslint/js'
import prettier from 'eslint-config-prettier'
import tseslint from 'typescript-eslint'

export default tseslint.config(
  { ignores: ['node_modules', 'dist', 'out', 'coverage', '.pimflow'] },
  js.configs.recommended,
  ...tseslint.configs.strictTypeChecked,
  {
    languageOptions: { parserOptions: { projectService: true, tsconfigRootDir: import.meta.dirname } },
    rules: {
      '@typescript-eslint/restrict-template-expressions': [
        'error',
        { allowNumber: true, allowBoolean: true },
      ],
      '@typescript-eslint/no-confusing-void-expression': ['error', { ignoreArrowShorthand: true }],
      '@typescript-eslint/no-unused-vars': ['error', { argsIgnorePattern: '^_', varsIgnorePattern: '^_' }],
      '@typescript-eslint/consistent-type-imports': 'error',
      // A schema and its type share one name (contracts/), which this rule would call a redeclaration.
      '@typescript-eslint/no-redeclare': 'off',
      // `== null` is the plain way to say null or absent.
      eqeqeq: ['error', 'always', { null: 'ignore' }],
    },
  },
  { files: ['**/*.js'], extends: [tseslint.configs.disableTypeChecked] },
  {
    // Workflow code runs in Temporal's sandbox and is replayed: no Node, no zod values, no clock of its own.
    files: ['workflows/**/*.ts'],
    rules: {
      '@typescript-eslint/no-restricted-imports': [
        'error',
        {
          patterns: [
            {
              regex: '^(?!@temporalio/(workflow|common)$)(?!\\.\\.?/)',
              allowTypeImports: true,
              message: 'Workflows use values of @temporalio/workflow, domain/ and contracts/names.ts only.',
            },
            {
              regex: '^\\.\\./(?!domain/|contracts/names\\.ts$)',
              allowTypeImports: true,
              message: 'Workflows see only types of activities and contracts.',
            },
          ],
        },
      ],
    },
  },
  prettier,
)
