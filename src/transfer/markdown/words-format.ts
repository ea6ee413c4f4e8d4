/** The words of a Markdown export that are not the conversation's own. */
const words = {
  en: {
    facts: 'Facts',
    participants: 'Participants',
    conversation: 'Conversation',
    summary: 'Summary',
    requirements: 'Requirements',
    decisions: 'Decisions',
    tasks: 'Open tasks',
    none: 'none found',
    untitled: 'Untitled conversation',
    created: 'Created',
    updated: 'Last change',
    branch: 'Branch',
    messages: 'Messages',
    model: 'Model',
    user: 'User',
    assistant: 'Assistant',
    system: 'System',
    tool: 'Tool',
    reasoning: 'Reasoning',
    call: 'Tool call',
    result: 'Tool result',
    image: 'Image',
    file: 'File',
    structure: 'Project structure',
    resource: 'Resource',
    workflow: 'Workflow',
    status: 'Status',
  },
  zh: {
    facts: '基本信息',
    participants: '参与者',
    conversation: '对话',
    summary: '摘要',
    requirements: '需求',
    decisions: '决定',
    tasks: '待办事项',
    none: '未找到',
    untitled: '无标题对话',
    created: '创建时间',
    updated: '最后更改',
    branch: '分支',
    messages: '消息数',
    model: '模型',
    user: '用户',
    assistant: '助手',
    system: '系统',
    tool: '工具',
    reasoning: '推理',
    call: '工具调用',
    result: '工具结果',
    image: '图片',
    file: '文件',
    structure: '项目结构',
    resource: '资源',
    workflow: '工作流',
    status: '状态',
  },
} as const;

export const languages = ['en', 'zh'] as const;
export type Language = (typeof languages)[number];
export type Word = keyof (typeof words)['en'];

/** A word in these languages, one after the other. */
export const wordsIn =
  (chosen: readonly Language[]) =>
  (word: Word): string =>
    chosen.map((language) => words[language][word]).join(' / ');
